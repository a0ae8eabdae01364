import type { UnitLimits } from '../../config/rules/guards.ts';
import { windowOn } from '../../config/rules/windows.ts';
import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import {
  giveBackApprovals,
  openHold,
  refusalOf,
  refusedHint,
  type UsedApprovals,
  useApprovedParts,
} from '../../guard/holds.ts';
import { digestOf } from '../../message/digest.ts';
import type { Problem, Saying } from '../../message/message.ts';
import type { PartRemoval } from '../../store/intake-store.ts';
import type { HoldPart, HoldSubject } from '../../store/run-store.ts';
import { keptValue } from '../../store/store.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import type { Missing } from './missing.ts';
import { unitShortfalls } from './unit-shortfalls.ts';
import { Units } from './units.ts';

/** A hold of a whole source names no more of them. */
const MOST_NAMED = 10;

/**
 * Keeps what belongs to school units of which too much is missing: it waits for a person, and
 * everything else is taken in. What was withheld is remembered, so that a word of approval lets it
 * go with the next intake, whether or not the source brings anything by then.
 */
export class UnitGate {
  readonly #task: IntakeTask;
  readonly #context: IntakeContext;
  readonly #units: Units;
  readonly #waiting = new Map<string, Withheld>();
  readonly #used: UsedApprovals[] = [];

  constructor(task: IntakeTask, context: IntakeContext) {
    this.#task = task;
    this.#context = context;
    this.#units = new Units(context.store, context.canonical, task.module);
  }

  /** Judges what is missing; what persons have approved exactly as it is now may go, once. */
  async judge(missing: ReadonlyMap<string, Missing>): Promise<void> {
    const { rules } = this.#task;
    if (windowOn(rules.guards.windows, this.#context.today()) !== null) return;
    const found = await unitShortfalls(rules.guards.perUnit, this.#units, missing);
    if (found.length === 0) return;
    const digests = new Map(found.map(({ unit, digest }) => [unit, digest]));
    const approved = await this.#approved(digests);
    for (const part of found) {
      if (!approved.has(part.unit)) this.#waiting.set(part.unit, { part, removals: [] });
    }
  }

  /** Which school units lack most, where the source as a whole is held. */
  async shortfalls(missing: ReadonlyMap<string, Missing>): Promise<readonly Problem[]> {
    const { module, rules } = this.#task;
    const found = await unitShortfalls(rules.guards.perUnit, this.#units, missing);
    const lost = ({ counts }: HoldPart) => counts['missing'] ?? 0;
    const most = [...found].sort((a, b) => lost(b) - lost(a)).slice(0, MOST_NAMED);
    return most.map((part) => problemOf(lackOf(module, part, rules.guards.perUnit)));
  }

  /** The run has come to nothing: what was approved is approved still. */
  async giveBack(): Promise<void> {
    for (const used of this.#used) await giveBackApprovals(this.#context.store, used);
  }

  /** The parts that may go; the others are remembered. */
  readonly withoutHeld = <P extends PartRemoval>(parts: readonly P[]): Promise<readonly P[]> =>
    this.#free(parts, (withheld, part) => withheld.removals.push(removalOf(part)));

  /** The parts of units of which nobody has decided or must decide; nothing is remembered. */
  readonly undecided = async <P extends PartRemoval>(
    parts: readonly P[],
  ): Promise<readonly P[]> => {
    const free = await this.#free(parts, () => undefined);
    if (this.#used.length === 0) return free;
    const units = await this.#units.of(free);
    const isApproved = (unit: string) => this.#used.some((used) => used.units.has(unit));
    return free.filter((_part, index) => !isApproved(units[index] ?? ''));
  };

  async #free<P extends PartRemoval>(
    parts: readonly P[],
    note: (withheld: Withheld, part: P) => void,
  ): Promise<readonly P[]> {
    if (this.#waiting.size === 0) return parts;
    const units = await this.#units.of(parts);
    const free: P[] = [];
    for (const [index, part] of parts.entries()) {
      const withheld = await this.#withheldBy(units[index] ?? '', part);
      if (withheld === undefined) free.push(part);
      else note(withheld, part);
    }
    return free;
  }

  /** What belongs to no unit by itself belongs to those who refer to it: a guardian's children. */
  async #withheldBy(unit: string, { entity }: PartRemoval): Promise<Withheld | undefined> {
    if (unit !== '') return this.#waiting.get(unit);
    for (const around of await this.#units.around(entity)) {
      const withheld = this.#waiting.get(around);
      if (withheld !== undefined) return withheld;
    }
    return undefined;
  }

  /**
   * Where the source has brought nothing whole: takes from what earlier runs withheld that which
   * has been approved since, and is still missing. Null if nothing has been.
   */
  async approvedSince(): Promise<readonly PartRemoval[] | null> {
    const remembered = await this.#remembered();
    if (remembered.length === 0) return null;
    const digests = new Map(remembered.map(({ part }) => [part.unit, part.digest]));
    const approved = await this.#approved(digests);
    if (approved.size === 0) return null;
    const gone: PartRemoval[] = [];
    for (const one of remembered) {
      if (approved.has(one.part.unit)) gone.push(...one.removals);
      else this.#waiting.set(one.part.unit, one);
    }
    return this.#stillMissing(gone);
  }

  /** Opens a hold for what waits, if anything does, and remembers it. */
  async hold(): Promise<Waiting | null> {
    const { store, now } = this.#context;
    const { module, run, rules } = this.#task;
    const waiting = [...this.#waiting.values()];
    if (waiting.length === 0 && (await this.#remembered()).length === 0) return null;
    await WITHHELD.write(store, module, waiting);
    if (waiting.length === 0) return null;
    const parts = waiting.map(({ part }) => part);
    const lacks = parts.map((part) => lackOf(module, part, rules.guards.perUnit));
    const reasons = lacks.map(problemOf);
    const counts = { missing: parts.reduce((sum, part) => sum + (part.counts['missing'] ?? 0), 0) };
    const digest = digestOf(parts.map((part) => part.digest));
    const withheld = waiting.reduce((sum, { removals }) => sum + removals.length, 0);
    const refusal = await refusalOf(store, subjectOf(module), digest);
    const first = lacks[0] ?? '';
    if (refusal !== null) {
      const said = saying('refusedBefore', { what: first, who: refusal.decidedBy ?? '' });
      const hint = refusedHint(refusal);
      return { failure: new HeldFailure('SOURCE_UNIT_SHRUNK', said, { hint }), parts: withheld };
    }
    const held = { subject: subjectOf(module), run, reasons, parts, digest, counts };
    await openHold(store, { ...held, needs: rules.guards.approvals }, now());
    const more = lacks.length - 1;
    const said = more === 0 ? first : saying('withMore', { first, more });
    return { failure: new HeldFailure('SOURCE_UNIT_SHRUNK', said), parts: withheld };
  }

  async #approved(digests: ReadonlyMap<string, string>): Promise<ReadonlySet<string>> {
    const subject = subjectOf(this.#task.module);
    const used = await useApprovedParts(this.#context.store, subject, (unit) => digests.get(unit));
    this.#used.push(used);
    return used.units;
  }

  async #remembered(): Promise<readonly Withheld[]> {
    return (await WITHHELD.read(this.#context.store, this.#task.module)) ?? [];
  }

  async #stillMissing(parts: readonly PartRemoval[]): Promise<readonly PartRemoval[]> {
    const found: PartRemoval[] = [];
    for (const [stream, ofStream] of Map.groupBy(parts, (part) => part.stream)) {
      const named = new Set(ofStream.map(nameOf));
      const { run, module } = this.#task;
      for await (const batch of this.#context.store.intake.unseen(run, module, stream)) {
        found.push(...batch.filter((part) => named.has(nameOf(part))));
      }
    }
    return found;
  }
}

/** What a run leaves as it was until a person has decided. */
export interface Waiting {
  readonly failure: HeldFailure;
  readonly parts: number;
}

/** What was withheld of one unit. */
interface Withheld {
  readonly part: HoldPart;
  readonly removals: PartRemoval[];
}

/** By source. */
const WITHHELD = keptValue<readonly Withheld[]>('withheld');

export function subjectOf(module: string): HoldSubject {
  return `intake ${module}`;
}

function lackOf(module: string, { name, kinds = {} }: HoldPart, limits: UnitLimits): Saying {
  const lacks = Object.entries(kinds).map(([what, { missing = 0, kept = 0 }]) =>
    saying('someOf', { count: missing, all: kept, what }),
  );
  return saying('unitLacks', { module, unit: name, lacks, allowed: limits.maxDelete });
}

function problemOf(said: Saying): Problem {
  return new HeldFailure('SOURCE_UNIT_SHRUNK', said).toProblem();
}

function removalOf({ entity, source, stream, part }: PartRemoval): PartRemoval {
  return { entity, source, stream, part };
}

function nameOf({ entity, part }: PartRemoval): string {
  return JSON.stringify([entity.kind, entity.id, part]);
}
