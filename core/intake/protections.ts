import { openHold } from '../guard/holds.ts';
import { digestOf } from '../message/digest.ts';
import type { Entity } from '../message/message.ts';
import type { IntakeSurroundings } from './intake-task.ts';
import { mergeParts, type Owners } from './merge.ts';

const SUBJECT = 'protection ';
const NO_OWNERS: Owners = new Map();

/**
 * A protection that a source no longer speaks of stays until a person releases it: a mark that was
 * lost by mistake must not tell anybody where a child is.
 */
export class Protections {
  readonly #with: IntakeSurroundings;
  /** Protected entities as they are stored now. */
  readonly #protected: ReadonlyMap<string, Entity>;
  #kept: Entity[] = [];

  private constructor(with_: IntakeSurroundings, known: ReadonlyMap<string, Entity>) {
    this.#with = with_;
    this.#protected = known;
  }

  static async open(with_: IntakeSurroundings): Promise<Protections> {
    const known = new Map<string, Entity>();
    for (const kind of with_.canonical.kinds) {
      const schema = with_.canonical.get(kind);
      for (const { entity } of await with_.store.entities.shielded(kind)) {
        if (schema?.isProtected(entity) === true) known.set(entity.id, entity);
      }
    }
    return new Protections(with_, known);
  }

  /** The entity as the sources have it, with the protection that it had. */
  keep(kind: string, spoken: Entity): Entity {
    const before = this.#protected.get(spoken.id);
    const schema = this.#with.canonical.get(kind);
    if (before === undefined || schema === undefined || schema.isProtected(spoken)) return spoken;
    this.#kept.push(spoken);
    return schema.keepProtection(before, spoken);
  }

  /** One hold for each protection that has been kept since, and waits for its release. */
  async hold(run: string): Promise<void> {
    const { store, now } = this.#with;
    const kept = this.#kept;
    this.#kept = [];
    for (const { id } of kept) {
      const reason = {
        code: 'PROTECTION_RELEASE',
        text: 'the source no longer marks this person as protected',
        hint: 'Ask the school whether it is so, by telephone. Approve the hold to release the person.',
        place: null,
      };
      const held = { subject: SUBJECT + id, run, reasons: [reason], counts: {} };
      await openHold(store, { ...held, digest: digestOf([id]) }, now());
    }
  }
}

/** Lets go of the protections that a person has released, as the sources speak of them now. */
export async function releaseProtections(with_: IntakeSurroundings): Promise<void> {
  const { store, config, canonical } = with_;
  const approved = await store.runs.holds({ state: 'approved' });
  for (const hold of approved.filter(({ subject }) => subject.startsWith(SUBJECT))) {
    const entity = { kind: 'person', id: hold.subject.slice(SUBJECT.length) };
    const parts = await store.entities.parts(entity);
    const owners = config.ownership.get(entity.kind) ?? NO_OWNERS;
    const content = mergeParts(entity.id, parts, owners);
    if (content !== null && canonical.get(entity.kind)?.validate(content) === null) {
      const isShielded = canonical.get(entity.kind)?.isProtected(content) !== false;
      await store.entities.rewrite([
        { kind: entity.kind, entity: content, hash: digestOf(content), isShielded },
      ]);
    }
    await store.runs.putHold({ ...hold, state: 'used' });
  }
}
