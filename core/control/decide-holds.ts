import { decided, type HoldDecision } from '../guard/holds.ts';
import type { Engine } from '../run/engine.ts';
import { type Hold, subjectIn } from '../store/run-store.ts';
import { audit } from './audit.ts';

/** An open hold that is as old as so many runs of its source is decided by its own id. */
const MOST_RUNS = 5000;

/** A person's word on holds, each audited by itself; answers those that it was about. */
export async function decideHolds(
  engine: Engine,
  ids: readonly string[],
  decision: HoldDecision,
): Promise<readonly Hold[]> {
  const known = await decidable(engine, decision);
  const decidedOnes: Hold[] = [];
  for (const id of new Set(ids)) {
    const hold = known.get(id);
    const after = hold === undefined ? null : await decide(engine, hold, decision);
    if (after !== null) decidedOnes.push(after);
  }
  return decidedOnes;
}

async function decidable(
  { store }: Engine,
  { approve }: HoldDecision,
): Promise<ReadonlyMap<string, Hold>> {
  const open = await store.runs.holds({ state: 'open' });
  // Of a source that a person has refused, one may think better; nothing followed from the word.
  const refused = approve ? await store.runs.holds({ state: 'rejected' }) : [];
  const mayChange = refused.filter((hold) => {
    return subjectIn(hold, 'intake') !== null && hold.decidedBy !== null;
  });
  return new Map([...mayChange, ...open].map((one) => [one.id, one]));
}

/** Null where somebody else has meanwhile decided it. */
async function decide(engine: Engine, first: Hold, decision: HoldDecision): Promise<Hold | null> {
  const { approve, who, reason, units } = decision;
  const { runs } = engine.store;
  const action = approve ? 'hold approved' : 'hold rejected';
  const subject = [first.subject, first.id, ...(units ?? [])].join(' ');
  await audit(engine, who, action, subject, reason);
  let hold: Hold | undefined = first;
  while (hold !== undefined) {
    const after = decided(hold, decision, engine.now());
    if (await runs.replaceHold(after)) return after;
    // Another's word came between: this one is added to it.
    hold = (await decidable(engine, decision)).get(first.id);
  }
  return null;
}

/** Open holds of ids that came with another person in a run of this source. */
export async function identityHolds({ store }: Engine, source: string): Promise<readonly Hold[]> {
  const open = await store.runs.holds({ state: 'open' });
  const own = await store.runs.list({ subject: source, type: 'intake', limit: MOST_RUNS });
  const runs = new Set(own.map(({ id }) => id));
  return open.filter((hold) => subjectIn(hold, 'identity') !== null && runs.has(hold.run));
}
