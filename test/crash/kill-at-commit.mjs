// Loaded before the hub (`node --import`): the process kills itself with SIGKILL before or after a
// given commit of its database, so that every state that a crash can leave on disk is reached.
// CRASH_AT=<number>, CRASH_WHEN=before|after; without CRASH_AT it counts the commits to COUNT_TO.
import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const at = Number(process.env.CRASH_AT ?? 0);
const isBefore = process.env.CRASH_WHEN === 'before';
const exec = DatabaseSync.prototype.exec;
let commits = 0;

DatabaseSync.prototype.exec = function execute(sql) {
  if (sql !== 'COMMIT') return exec.call(this, sql);
  commits += 1;
  if (commits === at && isBefore) process.kill(process.pid, 'SIGKILL');
  const result = exec.call(this, sql);
  if (commits === at && !isBefore) process.kill(process.pid, 'SIGKILL');
  return result;
};

const countTo = process.env.COUNT_TO;
if (countTo !== undefined) process.on('exit', () => writeFileSync(countTo, String(commits)));
