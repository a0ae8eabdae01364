import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../core/config/make-folder.ts';
import { BatchFile } from './batch-file.ts';
import { type City, type CitySize, planCity } from './city.ts';
import type { CsvSuffix, FaultPlace, PlantedFault } from './fault.ts';
import { plantFaults, recordFaults } from './faults.ts';
import { type Change, dateOfNight } from './nights.ts';
import {
  writeAccounts,
  writeActivities,
  writeDuties,
  writeProgrammes,
  writeSyllabuses,
} from './write-csv.ts';
import { writeXml } from './write-xml.ts';

export interface GenerateOptions extends CitySize {
  /** Folder for the batches; `changes/` in it tells what each night changed, by ids. */
  readonly out: string;
  /** How many nights, from 1. */
  readonly nights: number;
  /** Which nights to write; all of them unless said otherwise. */
  readonly from?: number;
  /** Plants a record of each kind of fault in night 1. */
  readonly faults: boolean;
  readonly onProgress?: (night: number, persons: number) => void;
}

export interface NightSummary {
  /** Which city it is a night of. */
  readonly city: CitySize;
  readonly batch: string;
  readonly records: number;
  readonly changes: readonly Change[];
  readonly faults: readonly PlantedFault[];
}

/** Writes the register's nightly batches of a made-up city: the same options, the same bytes. */
export async function generateCity(options: GenerateOptions): Promise<readonly NightSummary[]> {
  const city = planCity(options);
  await makeFolder(join(options.out, 'changes'));
  const summaries: NightSummary[] = [];
  for (let night = options.from ?? 1; night <= options.nights; night++) {
    const summary = await writeNight(city, night, options);
    const file = join(options.out, 'changes', `${summary.batch}.json`);
    await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`);
    summaries.push(summary);
  }
  return summaries;
}

type Write = (file: BatchFile) => Promise<void>;

async function writeNight(
  city: City,
  night: number,
  { pupils, seed, date, out, faults, onProgress }: GenerateOptions,
): Promise<NightSummary> {
  const batch = `ber-${dateOfNight(city, night).replaceAll('-', '')}`;
  const changes: Change[] = [];
  const planted: PlantedFault[] = [];
  const bad = faults && night === 1 ? recordFaults(city) : [];
  const plant = async (file: BatchFile, at: FaultPlace) => {
    planted.push(...(await plantFaults(file, at, bad)));
  };
  const onPersons = (persons: number) => onProgress?.(night, persons);
  const csv: readonly (readonly [CsvSuffix, Write])[] = [
    ['amne', (file) => writeSyllabuses(file, city)],
    ['program', (file) => writeProgrammes(file, city)],
    ['konto', (file) => writeAccounts(file, city, night)],
    ['anstallning', (file) => writeDuties(file, city)],
    ['aktivitet', (file) => writeActivities(file, city)],
  ];
  const files: readonly (readonly [string, Write])[] = [
    [
      `${batch}.xml`,
      (file) => writeXml(file, { city, night, changes, onProgress: onPersons }, plant),
    ],
    ...csv.map(([suffix, write]): readonly [string, Write] => [
      `${batch}-${suffix}.csv`,
      async (file) => {
        await write(file);
        await plant(file, suffix);
      },
    ]),
  ];
  const marker: string[] = [];
  let records = 0;
  for (const [name, write] of files) {
    const file = new BatchFile(out, name);
    await write(file);
    marker.push(await file.end());
    records += file.records;
  }
  await writeFile(join(out, `${batch}.done`), `${marker.join('\n')}\n`);
  return { city: { pupils, seed, date }, batch, records, changes, faults: planted };
}

/** The city that a folder's nights are of; null where none has been written there. */
export async function cityIn(out: string): Promise<CitySize | null> {
  const changes = join(out, 'changes');
  const [first] = (await readdir(changes).catch(() => [])).sort();
  if (first === undefined) return null;
  const summary: Partial<NightSummary> = JSON.parse(await readFile(join(changes, first), 'utf8'));
  return summary.city ?? null;
}
