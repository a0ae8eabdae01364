import { digestOf } from '../../core/message/digest.ts';
import type {
  Entity,
  EntityRef,
  JsonObject,
  Message,
  ObjectRef,
} from '../../core/message/message.ts';
import type { MergedEntity, Part } from '../../core/store/intake-store.ts';
import type { LedgerRow } from '../../core/store/ledger-store.ts';
import type { Hold, Run } from '../../core/store/run-store.ts';
import type { Store } from '../../core/store/store.ts';

export const SOURCE = 'register';
export const TARGET = 'lms:itslearning';

export const TROUBLE = { code: 'TIMEOUT', text: 'late', hint: 'wait', place: null };

export const HOLD: Hold = {
  ...{ id: 'hold-1', subject: 'flow lms', run: 'run-1', reasons: [TROUBLE], digest: 'd' },
  ...{ counts: { delete: 7 }, state: 'open', createdAt: 1, decidedAt: null, decidedBy: null },
  ...{ reason: null, parts: [], needs: 1, approvals: [], rejections: [], version: 0 },
};

/** A UUID made of a short name; the order of ids is not that of the names. */
export function idOf(name: string): string {
  const hex = Buffer.from(digestOf({ name })).toString('hex').slice(0, 32).padEnd(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function partOf(name: string, content: Record<string, string> = { givenName: 'Kim' }): Part {
  return {
    entity: { kind: 'person', id: idOf(name) },
    ...{ source: SOURCE, stream: 'person', part: '', externalId: name },
    ...{ file: 'persons.xml', line: 1, hash: digestOf(content), content },
  };
}

export function mergedOf(entity: EntityRef, parts: readonly Part[]): MergedEntity {
  const isProtected = parts.some(({ content }) => content['protected'] === 'yes');
  const nothing = {
    content: null,
    hash: '',
    references: [],
    lookups: [],
    isProtected,
    goesAtOnce: false,
  };
  if (parts.length === 0) return { entity, ...nothing };
  const content: Entity = Object.assign({ id: entity.id }, ...parts.map((part) => part.content));
  const guardian = content['guardian'];
  const references = typeof guardian === 'string' ? [{ kind: 'person', id: guardian }] : [];
  const lookups = [lookupOf(entity.id), lookupOf(String(content['givenName']))];
  return {
    entity,
    content,
    hash: digestOf(content),
    references,
    lookups,
    isProtected,
    goesAtOnce: false,
  };
}

/** What an entity of these fixtures is found by: its id, or its given name. */
export function lookupOf(text: string): string {
  return idOf(text).slice(0, 8);
}

export async function takeIn(store: Store, run: string, parts: readonly Part[]) {
  await store.intake.open(run, SOURCE);
  const counts = await store.intake.stage(run, parts);
  await store.intake.commit(run, SOURCE, {});
  await applyAll(store, run);
  return counts;
}

export async function applyAll(store: Store, run: string): Promise<void> {
  for await (const touched of store.intake.touched(run)) {
    const merged = touched.map(({ entity, parts }) => mergedOf(entity, parts));
    await store.intake.apply(run, merged);
  }
  await store.intake.finish(run);
}

export async function entityOf(store: Store, name: string): Promise<Entity | undefined> {
  return (await store.entities.get('person', [idOf(name)]))[0]?.entity;
}

export function rowOf(origin: string, key: string): LedgerRow {
  const ref: ObjectRef = {
    ...{ target: TARGET, objectKind: 'person', key: `${origin}-${key}` },
    origin: { kind: 'person', id: idOf(origin) },
  };
  return {
    ref,
    unit: 'school',
    hash: 'h',
    object: { name: origin },
    remoteId: null,
    run: 'run-1',
    confirmedAt: 1,
    suspendedSince: null,
  };
}

export function messageOf(id: string): Message {
  return {
    ...{ id, type: 'deliver', target: TARGET, objectKind: 'person', key: `${id}-key` },
    ...{ origin: { kind: 'person', id: idOf(id) }, action: 'create', rank: 0, state: 'waiting' },
    ...{
      attempts: 0,
      inDoubt: false,
      notBefore: 0,
      problem: null,
      run: 'run-1',
      createdAt: 1,
      updatedAt: 1,
    },
  };
}

export function runOf(id: string, startedAt: number): Run {
  return {
    ...{ id, type: 'flow', subject: 'lms', startedAt, endedAt: null, outcome: 'running' },
    ...{ counts: {}, problem: null },
  };
}

export async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const batch of batches) found.push(...batch);
  return found;
}

/** The objects of a set as it will be, in their order. */
export async function setOf({ ledger }: Pick<Store, 'ledger'>, target = TARGET) {
  const objects: JsonObject[] = [];
  for await (const span of ledger.proposedSet(target, 'person', [])) {
    if ('objects' in span) objects.push(...span.objects);
  }
  return objects;
}
