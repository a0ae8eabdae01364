import { createHash } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eachElement, idIn, readElements } from './ims-elements.ts';

/** A night's files in their folder, to be damaged. */
export interface WrittenNight {
  readonly folder: string;
  readonly batch: string;
  /** The night before, which was good. */
  readonly before: string;
}

/** A fault of a night as a whole. */
export interface FileFault {
  readonly name: string;
  readonly what: string;
  /** Where the hub says so: the intake fails or is held, flows are held, an object is not made. */
  readonly shows: 'intake' | 'flows' | 'object' | 'nothing';
  /** What it says; null where nothing is wrong yet, since all targets keep what they have. */
  readonly code: string | null;
  readonly damage: (night: WrittenNight) => Promise<void>;
}

export const FILE_FAULTS: readonly FileFault[] = [
  {
    ...{ name: 'truncated', what: 'the XML file ends in its middle' },
    ...{ shows: 'intake', code: 'FILE_DAMAGED' },
    damage: async ({ folder, batch }) => {
      const file = join(folder, `${batch}.xml`);
      await truncate(file, Math.floor((await readFile(file)).length / 2));
    },
  },
  {
    ...{ name: 'count', what: 'the account file has fewer lines than its marker counts' },
    ...{ shows: 'intake', code: 'FILE_DAMAGED' },
    damage: async (night) => {
      await edit(
        night,
        '-konto.csv',
        (text) => `${text.split('\r\n').slice(0, -21).join('\r\n')}\r\n`,
      );
      await vouch(night.folder, night.batch, 'as before');
    },
  },
  {
    ...{ name: 'encoding', what: 'the XML file is in Latin-1, and says UTF-8' },
    ...{ shows: 'intake', code: 'FILE_ENCODING' },
    damage: async ({ folder, batch }) => {
      const file = join(folder, `${batch}.xml`);
      await writeFile(file, await readFile(file, 'utf8'), 'latin1');
      await vouch(folder, batch, 'as before');
    },
  },
  {
    ...{ name: 'missing-file', what: 'a file that the marker names is not there' },
    ...{ shows: 'intake', code: 'FILE_MISSING' },
    damage: ({ folder, batch }) => rm(join(folder, `${batch}-konto.csv`)),
  },
  {
    ...{ name: 'missing-marker', what: 'the marker is not there: the batch is not read' },
    ...{ shows: 'nothing', code: null },
    damage: ({ folder, batch }) => rm(join(folder, `${batch}.done`)),
  },
  {
    ...{ name: 'header', what: 'a column of the account file has another name' },
    ...{ shows: 'intake', code: 'FILE_LAYOUT' },
    damage: async (night) => {
      await edit(night, '-konto.csv', (text) => text.replace('person_id', 'personid'));
      await vouch(night.folder, night.batch, 'counted');
    },
  },
  {
    ...{ name: 'empty', what: 'every file is there, and none has a record' },
    ...{ shows: 'intake', code: 'SOURCE_EMPTY' },
    damage: async (night) => {
      await edit(night, '.xml', (text) => eachElement(text, () => ''));
      for (const suffix of SUFFIXES)
        await edit(night, suffix, (text) => text.replace(/\r\n.*/s, '\r\n'));
      await vouch(night.folder, night.batch, 'counted');
    },
  },
  {
    ...{ name: 'old-date', what: 'the batch was made before the one of the night before' },
    ...{ shows: 'intake', code: 'SOURCE_STALE' },
    damage: async (night) => {
      await edit(night, '.xml', (text) => text.replace(/<datetime>\d{4}/, '<datetime>2020'));
      await vouch(night.folder, night.batch, 'counted');
    },
  },
  {
    ...{ name: 'school', what: 'one school is missing: unit, groups, memberships' },
    ...{ shows: 'intake', code: 'SOURCE_SHRUNK' },
    damage: async (night) => {
      await edit(night, '.xml', withoutSchool);
      await vouch(night.folder, night.batch, 'counted');
    },
  },
  {
    ...{ name: 'tenfold', what: 'everybody is there ten times, with ids of their own' },
    ...{ shows: 'flows', code: 'GUARD_LIMIT' },
    damage: async (night) => {
      await edit(night, '.xml', (text) => eachElement(text, tenfold));
      await edit(night, '-konto.csv', (text) =>
        text.replace(/^(\w{8}-[^;]*);([^@]*)(.*\r\n)/gm, tenRows),
      );
      await vouch(night.folder, night.batch, 'counted');
    },
  },
  {
    ...{ name: 'again', what: "the night before is sent again under this night's name" },
    ...{ shows: 'nothing', code: null },
    damage: async (night) => {
      const { folder, batch, before } = night;
      for (const suffix of ['.xml', ...SUFFIXES]) {
        const text = await readFile(join(folder, `${before}${suffix}`));
        await writeFile(join(folder, `${batch}${suffix}`), text);
      }
      await vouch(folder, batch, 'counted');
    },
  },
  {
    ...{ name: 'account-taken', what: 'two persons have one account name' },
    ...{ shows: 'object', code: 'KEY_TAKEN' },
    damage: async (night) => {
      await edit(night, '-konto.csv', (text) => {
        const [header = '', first = '', second = '', ...rest] = text.split('\r\n');
        const [, name = ''] = first.split(';');
        const [id = '', , ...others] = second.split(';');
        return [header, first, [id, name, ...others].join(';'), ...rest].join('\r\n');
      });
      await vouch(night.folder, night.batch, 'counted');
    },
  },
];

const SUFFIXES = ['-amne.csv', '-program.csv', '-konto.csv', '-anstallning.csv', '-aktivitet.csv'];

async function edit(
  { folder, batch }: WrittenNight,
  suffix: string,
  change: (text: string) => string,
): Promise<void> {
  const file = join(folder, batch + suffix);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** The last unit that has classes is not there. */
function withoutSchool(text: string): string {
  const unit = [...text.matchAll(/>Class<.*?<id>([^<]*)</gs)].at(-1)?.[1] ?? '';
  const gone = new Set([unit]);
  return eachElement(text, (element) => {
    if (
      element.startsWith('<group') &&
      element.includes(`<relationship relation="1"><sourcedid><source>BER</source><id>${unit}<`)
    )
      gone.add(idIn(element));
    return !element.startsWith('<person') && gone.has(idIn(element)) ? '' : element;
  });
}

const COPIES = Array.from({ length: 10 }, (_, copy) => (copy === 0 ? '' : `-${copy}`));

function tenfold(element: string): string {
  const copies = (text: string) =>
    COPIES.map((end) => text.replace('</id>', `${end}</id>`)).join('');
  if (element.startsWith('<person')) return copies(element);
  return element.replace(/ *<member>.*?<\/member>\n/gs, copies);
}

function tenRows(_row: string, id: string, name: string, rest: string): string {
  return COPIES.map((end) => `${id}${end};${name}${end}${rest}`).join('');
}

/**
 * Makes the marker vouch for what the files hold now: the sender itself sends the damage. The
 * records are as before, or counted anew.
 */
export async function vouch(
  folder: string,
  batch: string,
  records: 'as before' | 'counted',
): Promise<void> {
  const marker = join(folder, `${batch}.done`);
  const lines = (await readFile(marker, 'utf8')).trim().split('\n');
  const anew = lines.map(async (line) => {
    const [, , before = '', name = ''] = line.split(' ');
    const bytes = await readFile(join(folder, name));
    const count = records === 'counted' ? countOf(name, bytes.toString('utf8')) : before;
    const digest = createHash('sha256').update(bytes).digest('hex');
    return `${digest} ${bytes.length} ${count} ${name}\n`;
  });
  await writeFile(marker, (await Promise.all(anew)).join(''));
}

function countOf(name: string, text: string): number {
  if (name.endsWith('.xml')) return readElements(text).length;
  return text.split('\r\n').length - 2;
}
