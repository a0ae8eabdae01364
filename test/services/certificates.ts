import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What servers on this machine need to speak TLS and to know one another; made for one test. */
export interface Certificates {
  /** Of the authority that signed the servers' certificate. */
  readonly caFile: string;
  /** Of an authority that signed none. */
  readonly strangerFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Certificate and key in one file. */
  readonly pemFile: string;
  /** What the members of a replica set know one another by. */
  readonly memberFile: string;
  remove(): Promise<void>;
}

/** Makes them with openssl, valid for a day. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-tls-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder });
  for (const name of ['ca', 'stranger']) {
    const about = ['-subj', `/CN=${name}`, '-days', '1', '-nodes', '-newkey', 'rsa:2048'];
    await openssl('req', '-x509', ...about, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  }
  const request = ['-subj', '/CN=localhost', '-nodes', '-newkey', 'rsa:2048'];
  await openssl('req', ...request, '-keyout', 'server.key', '-out', 'server.csr');
  await writeFile(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1'];
  const made = ['-in', 'server.csr', '-out', 'server.crt', '-extfile', 'names'];
  await openssl('x509', '-req', ...made, ...by);
  const parts = [await readFile(file('server.crt')), await readFile(file('server.key'))];
  await writeFile(file('server.pem'), Buffer.concat(parts), { mode: 0o600 });
  await writeFile(file('member'), randomBytes(48).toString('base64'), { mode: 0o400 });
  return {
    ...{ caFile: file('ca.pem'), strangerFile: file('stranger.pem') },
    ...{ certFile: file('server.crt'), keyFile: file('server.key'), pemFile: file('server.pem') },
    memberFile: file('member'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
