import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real mail server on a free port, which keeps what it is given. */
export interface MailServer {
  readonly port: number;
  readonly mails: string[];
  /** While true, it takes no mail. */
  isFull: boolean;
  stop(): Promise<void>;
}

export async function startMailServer(user: string, password: string): Promise<MailServer> {
  const mails: string[] = [];
  const state = { isFull: false };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password: given }, _session, done) => {
      if (username === user && given === password) done(null, { user });
      else done(new Error('Invalid username or password'));
    },
    onData: (stream, _session, done) => {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => {
        if (state.isFull) return done(new Error('452 Insufficient system storage'));
        // Soft line breaks of quoted-printable.
        mails.push(text.replaceAll('=\r\n', ''));
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  // SAFETY: it listens on a port, so its address is no path.
  const { port } = listener.address() as AddressInfo;
  return {
    ...{ port, mails },
    get isFull() {
      return state.isFull;
    },
    set isFull(isFull: boolean) {
      state.isFull = isFull;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
