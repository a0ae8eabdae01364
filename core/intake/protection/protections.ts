import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { closeHolds, HEALED, openHold } from '../../guard/holds.ts';
import { digestOf } from '../../message/digest.ts';
import { type Entity, type EntityRef, entityName, type JsonObject } from '../../message/message.ts';
import { withMarks } from '../../schema/annotation/protection.ts';
import type { Protection } from '../../store/protection-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import { idsAmongMany, type NewlyProtected } from './many-protected.ts';
import { forgetProtectedSince, noteProtectedSince } from './protected-since.ts';

/** What a source says of an entity, and in which file. */
export interface Said extends Pick<Protection, 'entity' | 'source'> {
  readonly content: JsonObject;
  readonly file?: string;
}

/**
 * Who is protected: whoever any source has called so, in any record of any stream, whatever came
 * after it, whoever owns the field, and whatever became of the record. Only a person releases it: a
 * mark that was lost by mistake must not tell anybody where a child is.
 */
export class Protections {
  readonly #context: IntakeContext;
  /** By name of the entity and by source. */
  readonly #known = new Map<string, Map<string, Protection>>();
  /** Names of entities that are stored as protected. */
  readonly #shown: Set<string>;
  #news: Protection[] = [];
  /** Whom nobody has called protected before. */
  readonly newly: NewlyProtected[] = [];
  /** How many of them are kept. */
  #keptNewly = 0;
  /** Names of those of whom this run has heard it, and of those whose record could not be read. */
  readonly #heard = new Map<string, EntityRef>();
  readonly #setAside = new Set<string>();
  /** By name of an entity, those who are the same person. */
  readonly #twins = new Map<string, Map<string, EntityRef>>();
  /** Those of whom what was merged no longer says it. */
  readonly #doubted = new Map<string, EntityRef>();

  private constructor(context: IntakeContext, shown: Set<string>) {
    this.#context = context;
    this.#shown = shown;
  }

  static async open(context: IntakeContext): Promise<Protections> {
    const { store, canonical } = context;
    const protections = new Protections(context, new Set());
    for (const one of await store.protections.all()) protections.#learn(one);
    for (const kind of canonical.kinds) {
      for (const { entity } of await store.entities.protected(kind)) {
        protections.#adopt({ kind, id: entity.id }, entity);
      }
    }
    await protections.keep();
    return protections;
  }

  /**
   * Takes a source's word of an entity; one whose record could not be read is not asked about.
   * Answers whether it says anything of protection.
   */
  hear({ entity, source, content, file = '' }: Said, isSetAside = false): boolean {
    const marks = this.#marksIn(entity, content);
    if (marks === null) return false;
    const name = entityName(entity);
    this.#heard.set(name, entity);
    if (isSetAside) this.#setAside.add(name);
    const before = this.#known.get(name)?.get(source);
    if (before !== undefined && digestOf(before.marks) === digestOf(marks)) return true;
    if (!this.isKnown(entity)) this.newly.push({ entity, file });
    this.#learn({ entity, source, marks });
    this.#news.push({ entity, source, marks });
    return true;
  }

  /** What was said of one is true of the other: they are, or were, one person. */
  share(from: EntityRef, to: EntityRef): void {
    for (const { source, marks } of [...(this.#known.get(entityName(from))?.values() ?? [])]) {
      this.hear({ entity: to, source, content: marks });
    }
  }

  /**
   * They are, or may be, one person whom sources know by two ids: what is said of the one protects
   * the other, and as long as a record of either says so, nobody is asked to release the other.
   */
  isOne(from: EntityRef, to: EntityRef): void {
    for (const [one, other] of [[from, to] as const, [to, from] as const]) {
      const twins = this.#twins.get(entityName(one)) ?? new Map<string, EntityRef>();
      this.#twins.set(entityName(one), twins.set(other.id, other));
    }
    if (!this.isKnown(to)) this.share(from, to);
    else if (!this.isKnown(from)) this.share(to, from);
  }

  /**
   * Whether records say the same of two persons: a word that one has only from the other is none.
   * `isSaid`: a record of the first that is not kept yet protects.
   */
  async areAlike(one: EntityRef, isSaid: boolean, other: EntityRef): Promise<boolean> {
    if (this.isKnown(one) !== this.isKnown(other)) return false;
    return (isSaid || (await this.#isSaidOf(one))) === (await this.#isSaidOf(other));
  }

  twinsOf(entity: EntityRef): readonly EntityRef[] {
    return [...(this.#twins.get(entityName(entity))?.values() ?? [])];
  }

  /** Ids of all of a kind who were ever called so, and not released. */
  known(kind: string): readonly string[] {
    return [...this.#known.values()].flatMap((said) => {
      const [first] = said.values();
      return first?.entity.kind === kind ? [first.entity.id] : [];
    });
  }

  isKnown(entity: EntityRef): boolean {
    return this.#known.has(entityName(entity));
  }

  /** The entity as the sources have it, with all protection that was ever heard of. */
  cover(kind: string, spoken: Entity): Entity {
    const entity = { kind, id: spoken.id };
    const said = this.#known.get(entityName(entity));
    if (said === undefined || this.#marksIn(entity, spoken) !== null) return spoken;
    this.#doubted.set(entityName(entity), entity);
    return withAll(spoken, said);
  }

  /** What was heard and is not kept yet. */
  get unkept(): readonly Said[] {
    return this.#news.map(({ entity, source, marks }) => ({ entity, source, content: marks }));
  }

  /** From here on what was heard is not forgotten, whatever becomes of the run. */
  async keep(): Promise<void> {
    const { store, now } = this.#context;
    const news = this.#news;
    this.#news = [];
    const newly = this.newly.slice(this.#keptNewly).map(({ entity }) => entity);
    this.#keptNewly = this.newly.length;
    // The time first: who is kept as protected is not new to anybody later.
    await noteProtectedSince(store, newly, now());
    await store.protections.put(news);
  }

  /** Protects whoever is stored as open: their records were not applied, or not changed. */
  async enact(): Promise<void> {
    const { store, canonical } = this.#context;
    for (const [name, said] of this.#known) {
      const [first] = said.values();
      if (first === undefined || this.#shown.has(name)) continue;
      const { kind, id } = first.entity;
      const [stored] = await store.entities.get(kind, [id]);
      if (stored === undefined) continue;
      this.#shown.add(name);
      if (canonical.get(kind)?.isProtected(stored.entity) !== false) continue;
      const entity = withAll(stored.entity, said);
      await store.entities.rewrite([{ kind, entity, hash: digestOf(entity), isProtected: true }]);
    }
  }

  /**
   * One hold for each person whom no record that stands calls protected any more. After a whole set
   * of a source, everybody whom it once called so is looked at. A hold of many speaks for its own.
   */
  async ask(run: string, wholeSetOf: string | null): Promise<void> {
    const { store, now } = this.#context;
    const holds = await store.runs.holds({});
    const open = new Set(holds.flatMap((one) => (one.state === 'open' ? [one.subject] : [])));
    const refused = holds.filter(({ state, decidedBy }) => state === 'rejected' && decidedBy);
    const isRefused = new Set(refused.map(({ subject }) => subject));
    const many = await idsAmongMany(store);
    for (const [name, entity] of this.#toAskAbout(wholeSetOf)) {
      if (many.has(entity.id)) continue;
      const subject = `protection ${entity.id}` as const;
      if (await this.#stands(entity)) {
        if (open.has(subject)) await closeHolds(store, subject, HEALED);
      } else if (this.#doubted.has(name) || !isRefused.has(subject)) {
        const held = { subject, run, reasons: [RELEASE], counts: {} };
        await openHold(store, { ...held, digest: digestOf([entity.id]) }, now());
      }
    }
    this.#doubted.clear();
  }

  /** A person has released the entity. */
  async release(entity: EntityRef): Promise<void> {
    this.#known.delete(entityName(entity));
    await forgetProtectedSince(this.#context.store, entity);
    await this.#context.store.protections.remove(entity);
  }

  /** Whether some record that is kept says so; nobody is asked about who is not there. */
  async #stands(entity: EntityRef): Promise<boolean> {
    const { entities } = this.#context.store;
    if ((await entities.get(entity.kind, [entity.id])).length === 0) return true;
    for (const one of [entity, ...this.twinsOf(entity)]) {
      if (await this.#isSaidOf(one)) return true;
    }
    return false;
  }

  /** Whether a record that is kept calls exactly this one protected. */
  async #isSaidOf(entity: EntityRef): Promise<boolean> {
    const parts = await this.#context.store.entities.parts(entity);
    return parts.some(({ content }) => this.#marksIn(entity, content) !== null);
  }

  #toAskAbout(wholeSetOf: string | null): ReadonlyMap<string, EntityRef> {
    const asked = new Map([...this.#heard, ...this.#doubted]);
    for (const [name, said] of this.#known) {
      const own = wholeSetOf === null ? undefined : said.get(wholeSetOf);
      if (own !== undefined) asked.set(name, own.entity);
    }
    for (const name of this.#setAside) asked.delete(name);
    return asked;
  }

  /** Of what an older version stored it is not known who said it. */
  #adopt(entity: EntityRef, stored: Entity): void {
    const marks = this.#marksIn(entity, stored);
    if (marks === null) return;
    this.#shown.add(entityName(entity));
    if (this.isKnown(entity)) return;
    this.#learn({ entity, source: '', marks });
    this.#news.push({ entity, source: '', marks });
  }

  #learn(one: Protection): void {
    const name = entityName(one.entity);
    const said = this.#known.get(name) ?? new Map<string, Protection>();
    this.#known.set(name, said.set(one.source, one));
  }

  #marksIn({ kind }: EntityRef, content: JsonObject): JsonObject | null {
    return this.#context.canonical.get(kind)?.protection.marksOf(content) ?? null;
  }
}

const RELEASE = new HeldFailure('PROTECTION_RELEASE', saying('releaseProtected', {}), {
  hint: saying('releaseHint', {}),
}).toProblem();

function withAll(entity: Entity, said: ReadonlyMap<string, Protection>): Entity {
  return [...said.values()].reduce((covered, { marks }) => withMarks(covered, marks), entity);
}
