import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh, { type AuthContext } from 'ssh2';
import { makeKey } from './sshd.ts';

/** An SSH server that takes a password alone; OpenSSH would need an account of this machine. */
export interface PasswordServer {
  readonly port: number;
  readonly hostKey: string;
  stop(): Promise<void>;
}

/** `ask`: the password is asked for as a question (RFC 4256) and not taken otherwise. */
export async function startPasswordServer(
  folder: string,
  password: string,
  ask: boolean,
): Promise<PasswordServer> {
  const keyFile = join(folder, `host-key-${ask}`);
  const hostKey = await makeKey(keyFile);
  const method = ask ? 'keyboard-interactive' : 'password';
  const server = new ssh.Server({ hostKeys: [await readFile(keyFile)] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => authenticate(attempt, method, password));
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => void acceptSftp());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hostKey,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function authenticate(attempt: AuthContext, method: AuthContext['method'], password: string): void {
  if (attempt.method !== method) {
    attempt.reject([method]);
  } else if (attempt.method === 'password') {
    if (isSame(attempt.password, password)) attempt.accept();
    else attempt.reject();
  } else if (attempt.method === 'keyboard-interactive') {
    attempt.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
      if (isSame(answers[0] ?? '', password)) attempt.accept();
      else attempt.reject();
    });
  }
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  return digest(one) === digest(other);
}
