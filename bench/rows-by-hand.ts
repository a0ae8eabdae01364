import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';

/**
 * What a script of an afternoon does with the rows of `bench/rows.ts`: it reads, maps and writes
 * them, and keeps nothing. `node bench/rows-by-hand.ts <folder> <file to write>`
 */
const [, , folder = '', out = ''] = process.argv;
const lines = createInterface({ input: createReadStream(join(folder, 'roster.csv'), 'utf8') });
const target = createWriteStream(out);
let columns: readonly string[] | null = null;
let text = 'id;name;born;mail\r\n';
for await (const line of lines) {
  const cells = line.split(';');
  if (columns === null) {
    columns = cells;
    continue;
  }
  if (cells[0] === 'END') break;
  const row = Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
  const { number = '', given = '', family = '', born = '', mail = '' } = row;
  const isGood = /^[0-9]{12}$/.test(row['civic'] ?? '') && /^\d{4}-\d{2}-\d{2}$/.test(born);
  if (!isGood || given === '' || family === '' || row['mark'] === 'S') continue;
  const person = { id: number, name: `${given} ${family}`, born, mail };
  const values = Object.values(person).map((value) => (value.includes(';') ? `"${value}"` : value));
  text += `${values.join(';')}\r\n`;
  if (text.length < 65_536) continue;
  if (!target.write(text)) await new Promise((resolve) => target.once('drain', resolve));
  text = '';
}
target.end(text);
await finished(target);
const { user, system } = process.cpuUsage();
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ cpuSeconds: (user + system) / 1e6, megabytes }));
