import type { BatchFile } from './batch-file.ts';
import type { City } from './city.ts';
import type { FaultPlace, PlantedFault, RecordFault } from './fault.ts';
import { ROW_FAULTS } from './faults-in-csv.ts';
import { GROUP_FAULTS, MEMBERSHIP_FAULTS, PERSON_FAULTS } from './faults-in-xml.ts';

/** One of each kind of fault that a record of the register can have, in this city. */
export function recordFaults({ chance, units }: City): readonly RecordFault[] {
  const unit = units[0]?.id ?? '';
  const head = chance.uuid('staff', 0, 0);
  const all = [...PERSON_FAULTS, ...GROUP_FAULTS, ...MEMBERSHIP_FAULTS, ...ROW_FAULTS];
  return all.map((fault) => ({
    ...fault,
    text: fault.text.replaceAll('{unit}', unit).replaceAll('{head}', head),
  }));
}

/** Writes the bad records of one place; answers where each stands. */
export async function plantFaults(
  file: BatchFile,
  at: FaultPlace,
  faults: readonly RecordFault[],
): Promise<readonly PlantedFault[]> {
  const planted: PlantedFault[] = [];
  for (const fault of faults.filter((one) => one.at === at)) {
    const { name, what, code, field, text, below } = fault;
    planted.push({ name, file: file.name, line: file.line + below, what, code, field });
    file.records += 1;
    await file.write(text);
  }
  return planted;
}
