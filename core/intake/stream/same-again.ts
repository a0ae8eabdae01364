import type { Source } from '../../connector/connector.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import { judgedUntil, mayChangeOn } from '../../mapping/language/dates.ts';
import { earlierOf, FOREVER } from '../../message/dates.ts';
import { digestOf } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { keptValue } from '../../store/store.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';

/** Changes when an intake makes something else of the same records. */
const FORM = 1;
/** By module: under which rules all was read, and until which day reading it gives the same. */
const NOTES = keptValue<{ readonly rules: string; readonly until: string }>('read');

/**
 * Whether what a source holds is what was read before, byte for byte, and reading it anew would
 * give the same: under the same rules, before the calendar changes what a mapping makes of it, with
 * nobody missing whose runs are counted and nothing held.
 */
export async function isSameAgain(
  task: IntakeTask,
  source: Source,
  since: Json,
  { store, canonical, today, signal }: IntakeContext,
): Promise<boolean> {
  if (source.isUnchanged === undefined || since === null) return false;
  const noted = await NOTES.read(store, task.module);
  if (noted === null) return false;
  const isValid = noted.rules === rulesOf(task, canonical) && today() < noted.until;
  if (!isValid || (await isAnyHeld(store))) return false;
  return source.isUnchanged(since, signal);
}

/** Nothing is known of what was read: whatever comes is read. */
export async function forgetReading(task: IntakeTask, { store }: IntakeContext): Promise<void> {
  await NOTES.write(store, task.module, null);
}

/** Notes that all was read, or that it must be read again, whatever it is. */
export async function noteReading(
  task: IntakeTask,
  until: string,
  { store, canonical }: IntakeContext,
): Promise<void> {
  const leavers = await store.intake.leavers(task.module);
  const isOpen = Object.keys(leavers).length > 0 || (await isAnyHeld(store));
  const note = isOpen ? null : { rules: rulesOf(task, canonical), until };
  await NOTES.write(store, task.module, note);
}

/** Mappings that note until when they make the same of the records that they were given. */
export class DatedMappings {
  readonly mappings: readonly InboundMapping[];
  #until = FOREVER;

  constructor(mappings: readonly InboundMapping[]) {
    this.mappings = mappings.map((mapping) =>
      converting(mapping, (record, context) => {
        const { result, until } = judgedUntil(() => mapping.convert(record, context));
        this.#until = earlierOf(this.#until, until);
        // Whoever judges the record alone is told as well.
        mayChangeOn(until);
        return result;
      }),
    );
  }

  get until(): string {
    return this.#until;
  }
}

/** With another way to convert; what is compiled when it is asked for is not asked for here. */
function converting(mapping: InboundMapping, convert: InboundMapping['convert']): InboundMapping {
  const own = {
    ...Object.getOwnPropertyDescriptors(mapping),
    convert: { enumerable: true, value: convert },
  };
  // SAFETY: it has all that the mapping has.
  return Object.defineProperties({}, own) as InboundMapping;
}

/** What was held must be looked at anew: it may be as before, or approved. */
async function isAnyHeld({ runs }: IntakeContext['store']): Promise<boolean> {
  return (await runs.holds({ state: 'open' })).length > 0;
}

/** All that is declared of how a source's records are read, as a digest. */
export function rulesOf(
  { mappings, rules }: IntakeTask,
  canonical: IntakeContext['canonical'],
): string {
  const { missing, ...others } = rules;
  const ways = mappings.map(({ file, fingerprint }) => [file, fingerprint]);
  const schemas = canonical.kinds.map((kind) => canonical.get(kind)?.schema ?? null);
  return digestOf([FORM, ways, JSON.stringify([others, [...missing]]), schemas]);
}
