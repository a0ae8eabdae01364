import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Passes bytes on to a server, until it hangs: then nothing comes through, and nothing closes. */
export interface HangingProxy {
  readonly port: number;
  hang(): void;
  /** What waited goes on its way. */
  goOn(): void;
  stop(): Promise<void>;
}

export async function startHangingProxy(to: number): Promise<HangingProxy> {
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      if (isHanging) one.unpipe(other).pause();
      one.on('error', () => undefined);
      one.once('close', () => {
        sockets.delete(one);
        if (!isHanging) other.destroy();
      });
      one.on('proxy', () => {
        if (isHanging) one.unpipe(other).pause();
        else if (other.destroyed) one.destroy();
        else one.pipe(other);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const turn = (hangs: boolean) => {
    isHanging = hangs;
    for (const one of sockets) one.emit('proxy');
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hang: () => turn(true),
    goOn: () => turn(false),
    stop: async () => {
      for (const one of sockets) one.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
