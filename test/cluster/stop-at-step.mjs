// Loaded before the hub (`node --import`), after process-clock.mjs: the process stops itself with
// SIGSTOP just before or just after a step of the night, and says so on its standard error, so that
// a test can kill it there, or whatever else there is, or let it go on later. STOP_AT="after settling
// deliveries", STOP_TIME=<which time>; of several processes the one does that makes the file
// STOP_MARK. COUNT_TO=<folder> takes down how often each point is passed.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { ClientSession, Collection } from 'mongodb';
import { passingOf } from '../crash/passing.mjs';
import { stepOf } from './steps.ts';

const { STOP_AT, STOP_TIME, STOP_MARK = '', COUNT_TO } = process.env;
const passed = new Map();

function pass(point) {
  const count = (passed.get(point) ?? 0) + 1;
  passed.set(point, count);
  if (point !== STOP_AT || count !== Number(STOP_TIME) || !isFirst()) return;
  writeSync(2, `stopped ${point}\n`);
  process.kill(process.pid, 'SIGSTOP');
}

function isFirst() {
  try {
    closeSync(openSync(STOP_MARK, 'wx'));
    return true;
  } catch {
    return false;
  }
}

const passing = passingOf(stepOf, pass);

/** What a transaction has written so far: it counts when it is committed. */
const written = new WeakMap();
const WRITES = ['bulkWrite', 'deleteMany', 'deleteOne', 'findOneAndUpdate', 'insertOne'];
for (const name of [...WRITES, 'replaceOne', 'updateMany', 'updateOne']) {
  const write = Collection.prototype[name];
  Collection.prototype[name] = function writeKnown(...args) {
    const session = args.find((one) => one?.session !== undefined)?.session;
    const work = () => write.apply(this, args);
    if (!session?.inTransaction()) return passing(`${this.collectionName} ${name}`, work);
    const names = written.get(session) ?? new Set();
    written.set(session, names.add(this.collectionName));
    return work();
  };
}
const { commitTransaction, startTransaction } = ClientSession.prototype;
ClientSession.prototype.startTransaction = function startKnown(...args) {
  written.delete(this);
  return startTransaction.apply(this, args);
};
ClientSession.prototype.commitTransaction = function commitKnown(...args) {
  const names = [...(written.get(this) ?? [])].filter((name) => name !== 'fence').sort();
  return passing(`commit ${names.join(' ')}`, () => commitTransaction.apply(this, args));
};

// The driver exports none of its classes: they are asked for by their file.
const require = createRequire(import.meta.url);
const CHANNELS = join(dirname(require.resolve('amqplib')), 'lib', 'channel_model.js');
const { Channel, ConfirmChannel } = require(CHANNELS);
/** A channel says nothing of when the broker has it: the points are around the call. */
function passCall(prototype, name, step) {
  const call = prototype[name];
  prototype[name] = function callKnown(...args) {
    pass(`before ${step}`);
    const result = call.apply(this, args);
    pass(`after ${step}`);
    return result;
  };
}
passCall(ConfirmChannel.prototype, 'publish', 'publishing tickets');
passCall(Channel.prototype, 'ack', 'acknowledging tickets');

const { rename } = fs;
fs.rename = (from, to) => passing(`rename ${from} ${to}`, () => rename(from, to));
syncBuiltinESMExports();
const ask = globalThis.fetch;
globalThis.fetch = (url, init) => passing(`fetch ${init?.method} ${url}`, () => ask(url, init));

if (COUNT_TO !== undefined) {
  process.on('exit', () => {
    writeFileSync(join(COUNT_TO, String(process.pid)), JSON.stringify([...passed]));
  });
}
