import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from './figures.ts';

const CONFIG = `backend: embedded
data: hub
modules:
  roster: { connector: files, mappings: roster, options: { files: { folder: in }, layout: roster } }
  list: { connector: files, mappings: list, options: { files: { folder: out }, layout: list } }
`;
const FLOW = `purpose: A list of everybody, to be measured.
legalBasis: public-task
from: roster
to: list
entities:
  person: { where: "true" }
guards: { maxCreate: 100%, maxDelete: 100%, maxUpdate: 100% }
`;
const ROSTER = `streams:
  person:
    format: delimited
    file: roster.csv
    columns:
      - { name: number, required: true }
      - { name: civic, required: true, pattern: "^[0-9]{12}$" }
      - { name: given, required: true }
      - { name: family, required: true }
      - { name: born, type: date }
      - { name: mail }
      - { name: city }
      - { name: mark }
    trailer: { prefix: END, count: 1 }
`;
const PERSON = `from: files/person
to: person.v1
entity: { identity: number }
fields:
  givenName: { take: given, empty: park }
  familyName: { take: family, empty: park }
  civicNo.value: { take: civic, empty: omit }
  birthDate: { take: born, empty: omit }
  emails: { list: [{ item: { value: { take: mail }, type: { const: Skola elev } } }] }
  securityMarking: { take: mark, table: { "": Ingen, S: Sekretessmarkering } }
`;
const LIST = `write: { way: full }
streams:
  row:
    format: delimited
    file: list.csv
    columns:
      - { name: id, required: true }
      - { name: name, required: true }
      - { name: born, type: date }
      - { name: mail }
`;
const ROW = `from: person.v1
to: files/row
key: { take: id }
fields:
  id: { take: id }
  name: { cel: "givenName + ' ' + familyName" }
  born: { take: birthDate }
  mail: { take: "emails[type='Skola elev'].value", missing: omit }
`;

interface Spent {
  /** Processor seconds of the process, from its start to its end. */
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/**
 * Many rows of a declared file to one target that takes a file: a first load, the same file again,
 * and a file with a hundred other rows, each in a process of its own, beside a script that reads,
 * maps and writes the same rows and keeps nothing. In processor seconds, the start among them.
 */
export async function benchRows(rows: number, changed = 100): Promise<readonly Figure[]> {
  const folder = await makeWorkspace();
  try {
    await writeRoster(folder, rows, 0);
    const bare = await spent('rows-by-hand.ts', join(folder, 'in'), join(folder, 'by-hand.csv'));
    const first = await spent('night-child.ts', folder, '0');
    const same = await spent('night-child.ts', folder, '0');
    await writeRoster(folder, rows, changed);
    const next = await spent('night-child.ts', folder, '0');
    const many = rows.toLocaleString('en-US');
    const figure = (what: string, { cpuSeconds }: Spent): Figure => {
      return { what, value: cpuSeconds, unit: 's', against: bare.cpuSeconds };
    };
    return [
      { what: `${many} rows, a bare script`, value: bare.cpuSeconds, unit: 's', against: null },
      figure('a first load', first),
      figure('the same file again', same),
      figure(`a file with ${changed} other rows`, next),
      { what: 'peak memory, first load', value: first.megabytes, unit: 'MB', against: null },
      { what: 'peak memory, other rows', value: next.megabytes, unit: 'MB', against: null },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeWorkspace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-rows-'));
  const files = {
    'config/hub.yaml': CONFIG,
    'flows/list.yaml': FLOW,
    'mappings/roster/roster.layout.yaml': ROSTER,
    'mappings/roster/person.yaml': PERSON,
    'mappings/list/list.layout.yaml': LIST,
    'mappings/list/row.yaml': ROW,
  };
  for (const one of ['in', 'out']) await mkdir(join(folder, one));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** So many rows, the names of some of them others than at first. */
async function writeRoster(folder: string, rows: number, changed: number): Promise<void> {
  const lines = ['number;civic;given;family;born;mail;city;mark'];
  const every = changed === 0 ? Number.POSITIVE_INFINITY : Math.floor(rows / changed);
  for (let at = 0; at < rows; at++) {
    const year = 2006 + (at % 14);
    const month = `${1 + (at % 12)}`.padStart(2, '0');
    const day = `${1 + (at % 28)}`.padStart(2, '0');
    const number = `${year}${month}${day}${`${at % 10_000}`.padStart(4, '0')}`;
    const family = at % every === 0 ? 'Åkesson-Ny' : `Åkesson${at % 997}`;
    const names = `Förnamn${at % 1009};${family};${year}-${month}-${day}`;
    lines.push(`E${at};${number};${names};elev${at}@skola.example;Ort ${at % 31};`);
  }
  lines.push(`END;${rows}`, '');
  await writeFile(join(folder, 'in', 'roster.csv'), lines.join('\n'));
}

async function spent(script: string, ...args: readonly string[]): Promise<Spent> {
  // As `skolnav` has it: compiled once.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'skolnav-compiled') };
  const file = join(import.meta.dirname, script);
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { env });
  return JSON.parse(stdout);
}
