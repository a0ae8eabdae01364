import type { Flow } from '../../core/flow/compiled.ts';
import type { Hub } from '../../core/hub.ts';
import { propertiesOf, requiredOf } from '../../core/mapping/language/schema-walk.ts';
import { isShown } from '../../core/mapping/shown/shown.ts';
import { daysAfter } from '../../core/message/dates.ts';
import { isList, isObject } from '../../core/message/digest.ts';
import type { Entity, EntityRef, Json, JsonObject } from '../../core/message/message.ts';
import { rowsOf } from '../../core/store/ledger-store.ts';

/** A value that stands in one field of one entity, and nowhere else. */
export interface Canary {
  readonly kind: string;
  /** The fields that lead to it from the entity; lists on the way are passed. */
  readonly path: readonly string[];
  readonly text: string;
  /** A word that no rule of a mapping refuses; a number, a day or a code may be refused. */
  readonly isWord: boolean;
}

/** Marks of protection: a canary in one of them would hide the person from everybody. */
const PROTECTIONS = ['protection'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Plants values into entities that are told from every other value of a city. */
class Canaries {
  readonly planted: Canary[] = [];
  /** All that the city holds, as text: what stands there already is no canary. */
  readonly #city: string;
  #count = 0;

  constructor(city: string) {
    this.#city = city;
  }

  /**
   * The entity with a canary in each field that can hold one, at whatever depth; one that is spared
   * has a word or none, so that what is made of it can still be made.
   */
  plant(
    kind: string,
    entity: Entity,
    schema: JsonObject,
    isSpared: (path: readonly string[]) => boolean,
  ): Entity {
    const planted: Record<string, Json> = { ...entity };
    for (const [field, inner] of fieldsOf(schema)) {
      const into = { kind, path: [field], isSpared };
      const value = field === 'id' ? undefined : this.#value(into, inner, entity[field]);
      if (value !== undefined) planted[field] = value;
    }
    return { ...planted, id: entity.id };
  }

  /** A value with canaries in it; what was there where there is no place for one. */
  #value(into: Into, schema: JsonObject, was: Json | undefined): Json | undefined {
    const { kind, path, isSpared } = into;
    const name = path.at(-1) ?? '';
    if (Array.isArray(schema['enum']) || 'x-reference' in schema) return was;
    if (PROTECTIONS.includes(name)) return was;
    if (schema['type'] === 'object') return this.#object(into, schema, isObject(was) ? was : {});
    if (schema['type'] === 'array') {
      const items = isObject(schema['items']) ? schema['items'] : {};
      const held = was !== undefined && isList(was) && was.length > 0 ? was : [undefined];
      const planted = held.map((one) => this.#value(into, items, one));
      const made = planted.flatMap((one) => (one === undefined ? [] : [one]));
      return made.length > 0 ? made : was;
    }
    const made = this.#leaf(name, schema, isSpared(path));
    if (made === undefined) return was;
    this.planted.push({ kind, path, text: String(made.value), isWord: made.isWord });
    return made.value;
  }

  /** Nothing where it would lack what its schema asks for. */
  #object(into: Into, schema: JsonObject, was: JsonObject): JsonObject | undefined {
    const before = this.planted.length;
    const planted: Record<string, Json> = { ...was };
    for (const [name, inner] of fieldsOf(schema)) {
      const codes = inner['enum'];
      const code = Array.isArray(codes)
        ? codes[0]
        : inner['type'] === 'boolean'
          ? false
          : undefined;
      const isNeeded = requiredOf(schema).includes(name);
      const at = { ...into, path: [...into.path, name] };
      const value = this.#value(at, inner, was[name] ?? (isNeeded ? code : undefined));
      if (value !== undefined) planted[name] = value;
      if (value === undefined && isNeeded) {
        this.planted.splice(before);
        return undefined;
      }
    }
    return Object.keys(planted).length > 0 ? planted : undefined;
  }

  #leaf(
    name: string,
    { type, pattern, format }: JsonObject,
    wordsAlone: boolean,
  ): { readonly value: Json; readonly isWord: boolean } | undefined {
    const isAddress = String(pattern ?? '').includes('@');
    if (type === 'string' && (isAddress || (pattern === undefined && format === undefined))) {
      const word = this.#anew(wordOf);
      return { value: isAddress ? `${word}@skola.example` : word, isWord: true };
    }
    const make = wordsAlone ? undefined : codeOf(name, String(type), pattern, format);
    if (make === undefined) return undefined;
    const text = this.#anew(make);
    return { value: type === 'integer' ? Number(text) : text, isWord: false };
  }

  #anew(make: (count: number) => string): string {
    for (;;) {
      const text = make(++this.#count);
      if (!this.#city.includes(text)) return text;
    }
  }
}

/** Where a canary is planted. */
interface Into {
  readonly kind: string;
  readonly path: readonly string[];
  readonly isSpared: (path: readonly string[]) => boolean;
}

/** How values of a field that takes no word are made; undefined: none could be told from others. */
function codeOf(name: string, type: string, pattern: Json | undefined, format: Json | undefined) {
  if (type === 'integer') return (count: number) => String(7_100_000 + count);
  if (format === 'date') return dayLike(name);
  if (format === 'date-time') {
    const day = dayLike(name);
    return (count: number) => `${day(count)}T08:00:00Z`;
  }
  if (String(pattern).startsWith('^[0-9]{8}(')) {
    return (count: number) => `1900${String(count).padStart(4, '0')}QX11`;
  }
  return pattern === '^[0-9]{8}$' ? (count: number) => String(93_000_000 + count) : undefined;
}

/** Days that change nothing: what has begun began long ago, and what ends does not end soon. */
function dayLike(name: string): (count: number) => string {
  if (name === 'birthDate') return (count) => daysAfter('2012-01-01', count % 1400);
  const first = /end|until|validTo/i.test(name) ? '2091-01-01' : '1931-01-01';
  return (count) => daysAfter(first, count);
}

/** Seven letters, of which the first two are of no other word. */
function wordOf(count: number): string {
  let rest = count;
  let word = '';
  for (let at = 0; at < 5; at++) {
    word = (LETTERS[rest % 26] ?? '') + word;
    rest = Math.floor(rest / 26);
  }
  return `Qx${word}`;
}

/** Whether a text holds a canary, however it is written: in small letters, a day without dashes. */
export function holds(small: string, { text, isWord }: Canary): boolean {
  const word = text.toLowerCase();
  if (isWord) return small.includes(word);
  const day = word.replace(/t08:00:00z$/, '');
  return [word, day, day.replaceAll('-', '')].some((one) => {
    return small.includes(one) && new RegExp(`(?<![0-9a-z-])${one}(?![0-9a-z])`).test(small);
  });
}

function fieldsOf(schema: JsonObject): readonly (readonly [string, JsonObject])[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, inner]) =>
    isObject(inner) ? [[name, inner] as const] : [],
  );
}

/** Whether a mapping of the flow looks at what stands at a path of an entity of the kind. */
export function isRead(
  { workspace }: Hub,
  { to }: Flow,
  kind: string,
  path: readonly string[],
): boolean {
  return (workspace.outbound.get(to) ?? []).some(({ from, shown, shownLookedUp }) => {
    const lookedUp = shownLookedUp.get(kind);
    if (from.kind === kind && isShown(shown, path)) return true;
    if (lookedUp !== undefined && isShown(lookedUp, path)) return true;
    const relations = workspace.canonical.get(from.kind)?.inverses ?? [];
    return relations.some(({ name, kind: referring, path: [list, mark] }) => {
      if (referring !== kind) return false;
      if (mark !== '[]') return isShown(shown, [name, ...path]);
      // An item of a list, which holds the entity that it stands in.
      return isShown(shown, path[0] === list ? [name, ...path.slice(1)] : [name, kind, ...path]);
    });
  });
}

/**
 * Plants canaries into an entity of each kind that a flow delivers, one of its own for each flow,
 * and into one of each kind that no flow does.
 */
export async function plantInto(hub: Hub): Promise<readonly Canary[]> {
  const { engine, workspace } = hub;
  const { entities } = engine.store;
  const all = new Map<string, Awaited<ReturnType<typeof entities.get>>>();
  for (const kind of workspace.canonical.kinds) {
    all.set(kind, (await Array.fromAsync(entities.scan(kind))).flat());
  }
  const canaries = new Canaries(JSON.stringify([...all]));
  const taken = new Set<string>();
  const plant = async (kind: string, candidates: readonly EntityRef[], spared: Flow | null) => {
    const chosen = candidates.find(({ id }) => !taken.has(`${kind} ${id}`)) ?? candidates[0];
    const stored = all.get(kind)?.find(({ entity }) => entity.id === chosen?.id);
    const schema = workspace.canonical.get(kind)?.schema;
    if (stored === undefined || schema === undefined) return;
    taken.add(`${kind} ${stored.entity.id}`);
    const isSpared = (path: readonly string[]) =>
      spared !== null && isRead(hub, spared, kind, path);
    const entity = canaries.plant(kind, stored.entity, schema, isSpared);
    const rewritten = { kind, entity, hash: `${stored.hash} planted`, isProtected: false };
    await entities.rewrite([rewritten]);
  };
  for (const flow of workspace.flows) {
    const origins = await originsOf(engine.store.ledger, flow.to);
    const before = canaries.planted.length;
    for (const [kind, refs] of origins) await plant(kind, refs, flow);
    const own = canaries.planted.slice(before);
    if (own.some(({ kind, path }) => isRead(hub, flow, kind, path))) continue;
    // All that it is told in words stands in those whom it looks up.
    for (const mapping of workspace.outbound.get(flow.to) ?? []) {
      const [first] = origins.get(mapping.from.kind) ?? [];
      const told = all.get(mapping.from.kind)?.find(({ entity }) => entity.id === first?.id);
      const lookedUp = told === undefined ? [] : mapping.needs(told.entity);
      for (const ref of lookedUp) await plant(ref.kind, [ref], flow);
    }
  }
  for (const [kind, found] of all) {
    const isPlanted = found.some(({ entity }) => taken.has(`${kind} ${entity.id}`));
    const refs = found.map(({ entity }) => ({ kind, id: entity.id }));
    if (!isPlanted) await plant(kind, refs, null);
  }
  return canaries.planted;
}

async function originsOf(
  ledger: Hub['engine']['store']['ledger'],
  module: string,
): Promise<ReadonlyMap<string, readonly EntityRef[]>> {
  const origins = new Map<string, EntityRef[]>();
  for (const { target, objectKind } of await ledger.held()) {
    if (!target.startsWith(`${module}:`)) continue;
    for await (const rows of rowsOf(ledger, target, objectKind)) {
      for (const { ref } of rows) {
        const known = origins.get(ref.origin.kind) ?? [];
        origins.set(ref.origin.kind, [...known, ref.origin]);
      }
    }
  }
  return origins;
}
