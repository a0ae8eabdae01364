import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchFile } from './batch-file.ts';
import { type City, type CitySize, planCity } from './city.ts';
import { type PlantedFault, plantDutyFault, plantXmlFaults } from './faults.ts';
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
  /** Plants known faults in night 1. */
  readonly faults: boolean;
  readonly onProgress?: (night: number, persons: number) => void;
}

export interface NightSummary {
  readonly batch: string;
  readonly records: number;
  readonly changes: readonly Change[];
  readonly faults: readonly PlantedFault[];
}

/** Writes the register's nightly batches of a made-up city: the same options, the same bytes. */
export async function generateCity(options: GenerateOptions): Promise<readonly NightSummary[]> {
  const city = planCity(options);
  await mkdir(join(options.out, 'changes'), { recursive: true });
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
  { out, faults, onProgress }: GenerateOptions,
): Promise<NightSummary> {
  const batch = `ber-${dateOfNight(city, night).replaceAll('-', '')}`;
  const changes: Change[] = [];
  const planted: PlantedFault[] = [];
  const plants = faults && night === 1;
  const files: readonly (readonly [string, Write])[] = [
    [
      `${batch}.xml`,
      async (file) => {
        const report = (persons: number) => onProgress?.(night, persons);
        const plant = plants
          ? async () => void planted.push(...(await plantXmlFaults(file, city)))
          : async () => undefined;
        await writeXml(file, { city, night, changes, onProgress: report }, plant);
      },
    ],
    [`${batch}-amne.csv`, (file) => writeSyllabuses(file, city)],
    [`${batch}-program.csv`, (file) => writeProgrammes(file, city)],
    [`${batch}-konto.csv`, (file) => writeAccounts(file, city, night)],
    [
      `${batch}-anstallning.csv`,
      async (file) => {
        await writeDuties(file, city);
        if (plants) planted.push(await plantDutyFault(file, city));
      },
    ],
    [`${batch}-aktivitet.csv`, (file) => writeActivities(file, city)],
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
  return { batch, records, changes, faults: planted };
}
