import { Strangers } from './identity/strangers.ts';
import type { IntakeContext } from './intake-task.ts';
import { Doubles } from './merge/doubles.ts';
import { Protections } from './protection/protections.ts';

/** What stands between what sources say and what is written of persons. */
export interface Keepers {
  readonly protections: Protections;
  readonly strangers: Strangers;
  readonly doubles: Doubles;
}

/** As things are now: what persons decide after this is not heard. */
export async function openKeepers(context: IntakeContext): Promise<Keepers> {
  const protections = await Protections.open(context);
  const strangers = await Strangers.open(context);
  return { protections, strangers, doubles: new Doubles(context) };
}
