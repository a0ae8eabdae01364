// Loaded before the hub (`node --import`): the process kills itself with SIGKILL just before or
// just after a step of the main path, so that every state that a crash can leave is reached, and
// the code that ships knows nothing of it. CRASH_AT="after committing an intake", CRASH_TIME=<which
// time>; COUNT_TO=<file> takes down how often each point is passed. CRASH_CLOCK=<ms> is added to
// the machine's clock.
import crypto from 'node:crypto';
import { writeFileSync, writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { passingOf } from './passing.mjs';
import { stepOf } from './steps.ts';

const { CRASH_AT, CRASH_TIME, COUNT_TO, CRASH_CLOCK } = process.env;
const passed = new Map();

function pass(point) {
  const count = (passed.get(point) ?? 0) + 1;
  passed.set(point, count);
  if (point === CRASH_AT && count === Number(CRASH_TIME)) process.kill(process.pid, 'SIGKILL');
}

function passSync(text, work) {
  const step = stepOf(text);
  if (step === '') return work();
  pass(`before ${step}`);
  const result = work();
  pass(`after ${step}`);
  return result;
}

const passAsync = passingOf(stepOf, pass);

const { exec, prepare } = DatabaseSync.prototype;
const { get, run } = StatementSync.prototype;
const prepared = new WeakMap();
const transactions = new WeakMap();

DatabaseSync.prototype.prepare = function prepareKnown(sql) {
  const statement = prepare.call(this, sql);
  prepared.set(statement, { database: this, sql });
  return statement;
};
StatementSync.prototype.run = function runKnown(...values) {
  const { database, sql } = prepared.get(this);
  const work = () => run.apply(this, values);
  if (!database.isTransaction) return passSync(sql, work);
  transactions.get(database)?.add(sql);
  return work();
};
// A lease is had, outside of transactions, by what its statement gives back.
StatementSync.prototype.get = function getKnown(...values) {
  const { database, sql } = prepared.get(this);
  const work = () => get.apply(this, values);
  return database.isTransaction ? work() : passSync(sql, work);
};
let isBegun = false;
DatabaseSync.prototype.exec = function execKnown(sql) {
  // Whoever kills at random begins to count here: nothing is left of what was before.
  if (!isBegun) writeSync(2, 'begun\n');
  isBegun = true;
  if (sql.startsWith('BEGIN')) transactions.set(this, new Set());
  const text = sql === 'COMMIT' ? [...(transactions.get(this) ?? [])].join('\n') : sql;
  return passSync(text, () => exec.call(this, sql));
};

const { rename, rm } = fs;
fs.rename = (from, to) => passAsync(`rename ${from} ${to}`, () => rename(from, to));
fs.rm = (path, options) => passAsync(`rm ${path}`, () => rm(path, options));
// The same workspace has the same ids in every world, so that ledgers can be compared.
crypto.randomBytes = (size) => Buffer.alloc(size, 7);
syncBuiltinESMExports();

const ask = globalThis.fetch;
globalThis.fetch = (url, init) => passAsync(`fetch ${init?.method} ${url}`, () => ask(url, init));

const now = Date.now;
Date.now = () => now() + Number(CRASH_CLOCK ?? 0);

if (COUNT_TO !== undefined) {
  process.on('exit', () => writeFileSync(COUNT_TO, JSON.stringify([...passed])));
}
