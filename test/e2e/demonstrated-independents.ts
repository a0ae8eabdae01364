import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DAYS = ['Måndag', 'Tisdag', 'Onsdag', 'Torsdag', 'Fredag'];

/**
 * The ids of the pupils of whom each independent school of the demonstration has its own, in the
 * classes that it has told of; fails where one has another's.
 */
export async function pupilsOfIndependents(folder: string): Promise<readonly string[]> {
  const told: (readonly string[])[] = [];
  for (const unit of await outboxesIn(folder, 'independent')) {
    const rows = await rowsOf(folder, 'independent', unit, 'elever.csv');
    told.push(...rows.map((row) => [unit, ...row]));
  }
  const classes = told.filter(([, , , , , , , , , name]) => /^[1-9]F$/.test(name ?? ''));
  assert.equal(new Set(classes.map(([unit]) => unit)).size, 2, 'both have told of theirs');
  for (const [unit, ...cells] of classes) assert.equal(cells[7], unit);
  return classes.map((cells) => cells[7] ?? '');
}

/**
 * The ids of the places of which each independent preschool has its own, with its own queue, and
 * has reported the hours; fails where one has another's.
 */
export async function placesOfIndependents(folder: string): Promise<readonly string[]> {
  const outboxes = await outboxesIn(folder, 'preschool-queue');
  assert.equal(outboxes.length, 2);
  const reported = await rowsOf(folder, 'preschool-hours', 'vistelse-000001.csv');
  const placed: string[] = [];
  for (const unit of outboxes) {
    const places = await rowsOf(folder, 'independent', unit, 'forskolebarn.csv');
    const queue = await rowsOf(folder, 'preschool-queue', unit, 'ko.csv');
    const own = new Set(places.map(([, name]) => name));
    assert.equal(own.size, 1, 'places of its own alone');
    assert.ok(queue.length > 0);
    for (const [, name] of queue) assert.ok(own.has(name), 'who waits for it alone');
    const ids = places.map(([id = '']) => id);
    const hours = reported.filter((cells) => cells[7] === unit);
    // Both number their schedules from 1: none is laid over the other's.
    const days = ids.flatMap((id) => DAYS.map((day) => `${id} ${day}`));
    assert.deepEqual(hours.map((cells) => `${cells[1]} ${cells[4]}`).sort(), days.sort());
    placed.push(...ids);
  }
  assert.equal(reported.length, DAYS.length * new Set(placed).size);
  return placed;
}

async function outboxesIn(folder: string, module: string): Promise<readonly string[]> {
  return (await readdir(join(folder, module))).filter((name) => name !== 'sent');
}

/** The rows of a file, its header and its trailer aside. */
async function rowsOf(...path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const text = await readFile(join(...path), 'utf8');
  const cells = text
    .trim()
    .split('\r\n')
    .map((row) => row.split(';'));
  return cells.slice(1).filter(([first]) => first !== 'SLUT');
}
