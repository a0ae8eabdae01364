import { inEnglish, saying } from '../../failure/saying.ts';
import type { Context } from '../../flow/context.ts';
import type { Target } from '../../flow/target.ts';
import type { GivenFields, OutboundMapping } from '../../mapping/compiled.ts';
import type { EntityRef, Json, JsonObject, Saying } from '../../message/message.ts';
import { compileSchemaAll } from '../../schema/validator.ts';
import type { Override, OverrideEnd } from '../../store/override-store.ts';
import { readConcealment } from '../../view/preloaded.ts';
import { type OverrideField, overrideFields } from './locks.ts';

/** What persons have set in the objects of a target, by object kind and origin, and by key. */
export type Given = ReadonlyMap<string, ReadonlyMap<string, GivenFields>>;

export const NOTHING_GIVEN: Given = new Map();

/** What is wrong with a field that a person has set. */
export interface OverrideFault {
  readonly field: string;
  readonly text: string;
  /** What `text` is made of. */
  readonly said?: Saying;
}

/** Whether enough persons want it, and its last day has not passed. */
export function isInForce({ end, approvals, needs, until }: Override, today: string): boolean {
  return end === null && approvals.length >= needs && until >= today;
}

/** Reads what counts today in the objects of a target; what is locked by now does not. */
export async function readGiven(
  target: Target,
  today: string,
  { store, canonical }: Pick<Context, 'store' | 'canonical'>,
): Promise<Given> {
  const open = await store.overrides.list({ target: target.name, isOpen: true });
  const inForce = open.filter((one) => isInForce(one, today));
  return inForce.length === 0 ? NOTHING_GIVEN : givenBy(target, inForce, canonical);
}

/** What overrides put into the objects of a target, where its flow and mappings let them. */
export function givenBy(
  target: Target,
  overrides: readonly Override[],
  canonical: Context['canonical'],
): Given {
  const given = new Map<string, Map<string, Map<string, Json>>>();
  for (const { objectKind, origin, key, field, value } of overrides.toReversed()) {
    const kind = target.kinds.find((one) => one.kind === objectKind);
    const mapping = kind?.mappings.find(({ from }) => from.kind === origin.kind);
    if (kind === undefined || mapping === undefined) continue;
    const fields = overrideFields(target, kind, mapping, canonical);
    if (!fields.some((one) => one.field === field && one.lock === null)) continue;
    const name = nameOf(objectKind, origin);
    const keys = given.get(name) ?? new Map();
    given.set(name, keys);
    keys.set(key, (keys.get(key) ?? new Map()).set(field, value));
  }
  return given;
}

/** What is given in the objects that one entity gives; undefined for nothing. */
export function givenIn(
  given: Given,
  { kind }: { readonly kind: string },
  origin: EntityRef,
): ReadonlyMap<string, GivenFields> | undefined {
  return given.size === 0 ? undefined : given.get(nameOf(kind, origin));
}

/** Where what persons have set breaks the schema of its object's kind; other faults are not told. */
export function overrideFaults(
  schema: JsonObject,
  object: JsonObject,
  fields: readonly Pick<OverrideField, 'field' | 'path'>[],
): readonly OverrideFault[] {
  return compileSchemaAll(schema)(object).flatMap(({ path, what, hint, hintSaid }) => {
    const own = fields.find((one) => one.path.every((name, index) => path[index] === name));
    if (own === undefined) return [];
    const within = placeWithin(path.slice(own.path.length));
    const whole = within.length === 0 ? what : saying('withinIs', { within, what });
    const said =
      hint === ''
        ? saying('asSentence', { what: whole })
        : saying('withHint', { what: whole, hint: hintSaid });
    return [{ field: own.field, text: inEnglish(said), said }];
  });
}

/** Where in a list or an object: people count from one. */
function placeWithin(path: readonly (string | number)[]): readonly (string | Saying)[] {
  return path.map((step) =>
    typeof step === 'number' ? saying('itemAt', { number: step + 1 }) : step,
  );
}

/** The rules of a mapping whose places are taken. */
export function givenRules(
  { rules }: OutboundMapping,
  given: GivenFields,
): readonly Pick<OverrideField, 'field' | 'path'>[] {
  return rules.flatMap(({ field, path }) => {
    return path === null || !given.has(field) ? [] : [{ field, path }];
  });
}

function nameOf(objectKind: string, { kind, id }: EntityRef): string {
  return `${objectKind} ${kind} ${id}`;
}

/**
 * Ends overrides whose last day has passed, and those of whom nobody may know any more: who is
 * gone, or protected by now, and what is nothing without them. Their values are forgotten with it.
 */
export async function endOverrides(
  context: Pick<Context, 'store' | 'canonical' | 'today' | 'now'>,
): Promise<void> {
  const { store, canonical, now } = context;
  const open = await store.overrides.list({ isOpen: true });
  if (open.length === 0) return;
  const { hidden } = await readConcealment(store.entities, canonical);
  const today = context.today();
  for (const one of open) {
    const { kind, id } = one.origin;
    const isSeen =
      hidden.get(kind)?.has(id) !== true && (await store.entities.get(kind, [id])).length > 0;
    if (isSeen && one.until >= today) continue;
    // Who was faster has ended it, or the next sync will.
    const how = isSeen ? 'passed' : 'gone';
    await store.overrides.replace(ended(one, { how, at: now(), who: null }));
  }
}

/** As it is kept when it has ended: for history's sake, and without its value. */
export function ended(override: Override, end: OverrideEnd): Override {
  return { ...override, value: null, end };
}
