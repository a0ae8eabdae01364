#!/usr/bin/env node
// Makes the users of a workspace's cluster with the least rights, or sets their rights and passwords
// anew: `node scripts/cluster/make-users.ts city skolnav`. Nothing secret stands on the command line:
//   STORE_ADMIN_URL   address of the replica set, with a user who may make others
//   STORE_PASSWORD, BROKER_PASSWORD   of the users that are made; 16 characters at least
//   RABBITMQCTL       where `rabbitmqctl` is; run this on a node of the broker, or leave
//                     BROKER_PASSWORD out
//   BROKER_VHOST      virtual host; `/` unless it is said
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';

const LEAST_PASSWORD = 16;
const NAME = /^[a-zA-Z][a-zA-Z0-9_-]*$/;
const run = promisify(execFile);

const [workspace = '', user = 'skolnav'] = process.argv.slice(2);
const { env } = process;

try {
  for (const name of [workspace, user]) {
    if (!NAME.test(name)) throw new Error(`"${name}" is no name: letters, digits, - and _`);
  }
  await makeStoreUser(needed('STORE_ADMIN_URL'), password('STORE_PASSWORD'));
  if (env['BROKER_PASSWORD'] !== undefined) await makeBrokerUser(password('BROKER_PASSWORD'));
} catch (error) {
  // What a driver says may quote an address, and with it a login.
  const text = error instanceof Error ? error.message : 'unknown';
  process.stderr.write(`${text.replaceAll(/\/\/[^@\s]*@/g, '//...@')}\n`);
  process.exitCode = 2;
}

/** Reads and writes the workspace's database, and the one that a dry run makes beside it. */
async function makeStoreUser(url: string, pwd: string): Promise<void> {
  const client = new MongoClient(url);
  try {
    const database = client.db(workspace);
    const roles = [workspace, `${workspace}-rehearsal`].map((db) => ({ role: 'readWrite', db }));
    const { users } = await database.command({ usersInfo: user });
    const verb = users.length === 0 ? 'createUser' : 'updateUser';
    await database.command({ [verb]: user, pwd, roles });
    say(
      `${user} may read and write ${workspace} and ${workspace}-rehearsal (authSource=${workspace})`,
    );
  } finally {
    await client.close();
  }
}

/** Has the workspace's queues, and no others. */
async function makeBrokerUser(secret: string): Promise<void> {
  const program = env['RABBITMQCTL'] ?? 'rabbitmqctl';
  const queues = `skolnav\\.${workspace.replaceAll('-', '\\-')}\\.`;
  const vhost = env['BROKER_VHOST'] ?? '/';
  const { stdout } = await run(program, ['--silent', 'list_users']);
  const isThere = stdout.split('\n').some((line) => line.split('\t')[0] === user);
  const child = run(program, ['--silent', isThere ? 'change_password' : 'add_user', user]);
  // From the standard input: whoever lists processes sees no password.
  child.child.stdin?.end(`${secret}\n`);
  await child;
  const rights = [`^${queues}`, `^(amq\\.default|${queues}.*)$`, `^${queues}`];
  await run(program, ['--silent', 'set_permissions', '-p', vhost, user, ...rights]);
  say(`${user} has the queues skolnav.${workspace}.*`);
}

function needed(name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

function password(name: string): string {
  const value = needed(name);
  if (value.length >= LEAST_PASSWORD) return value;
  throw new Error(`${name} has fewer than ${LEAST_PASSWORD} characters`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
