import { Failure, InvalidFailure } from '../failure/failure.ts';
import { FORM, indexStored } from '../intake/merge/lookup-index.ts';
import { digestOf } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import type {
  CanonicalSchema,
  CanonicalSchemas,
  Migration,
  MigrationStep,
} from '../schema/canonical.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { formOf, knownForm, raiseForm } from './form.ts';
import { underLease } from './leases/lease.ts';

const PREPARED = 'prepared for';
/** In a store from which all was moved: where to. */
export const MOVED = 'moved to';
const GONE = 'what was kept here has been moved to the other backend';
const HINT = 'Say so in config/hub.yaml (`backend`), on each machine that has the workspace.';

/** So long those who read or deliver are waited for, and so often they are looked after. */
const PATIENCE_MS = 60_000;
const BUSY_MS = 1000;

/**
 * Brings what is stored to what the present schemas say of it. Where several processes share it,
 * only one does, and nobody reads or delivers meanwhile: BUSY, if there is something to be done and
 * the others do not end for a minute. Throws STORE_NEWER where a newer version has been at it.
 */
export async function prepareStored(engine: Engine): Promise<void> {
  const { store, workspace, identity } = engine;
  const { canonical, config } = workspace;
  const movedTo = await store.getValue(MOVED);
  if (movedTo !== null)
    throw new InvalidFailure('STORE_UNUSABLE', `${GONE} (${movedTo})`, { hint: HINT });
  const about = canonical.kinds.map((kind) => [
    canonical.get(kind)?.version ?? 1,
    canonical.get(kind)?.schema ?? null,
  ]);
  const present = digestOf([FORM, canonical.kinds, about]);
  const form = formOf(canonical);
  const noted = await knownForm(store, form);
  const prepare = async () => {
    await raiseForm(store, form);
    await migrateStored(store, canonical);
    await keepProtectedMarks(store, canonical);
    await indexStored(store, canonical, identity);
    await store.putValue(PREPARED, present);
  };
  if (config.cluster === null) return prepare();
  const isDone = noted.state >= form.state && (await store.getValue(PREPARED)) === present;
  if (!isDone) await alone(engine, prepare);
}

async function alone(engine: Engine, work: () => Promise<void>): Promise<void> {
  const { signal } = new AbortController();
  const until = engine.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await underLease(engine, { signal }, work, until - engine.now());
    } catch (failure) {
      const isBusy = failure instanceof Failure && failure.code === 'BUSY';
      if (!isBusy || engine.now() >= until) throw failure;
      await engine.sleep(BUSY_MS);
    }
  }
}

/** The few things that a migration needs of a store. */
interface MigratedStore {
  readonly entities: Pick<EntityStore, 'scan' | 'rewrite'>;
  getValue(name: string): Promise<Json>;
  putValue(name: string, value: Json): Promise<void>;
}

/**
 * Brings stored entities to the present versions of their schemas. The version is noted last and
 * steps may be repeated, so a crash in between is mended by doing it again.
 */
export async function migrateStored(
  store: MigratedStore,
  schemas: CanonicalSchemas,
): Promise<void> {
  for (const kind of schemas.kinds) {
    const present = schemas.get(kind)?.version ?? 1;
    const noted = await store.getValue(`schema:${kind}`);
    const from = typeof noted === 'number' ? noted : null;
    if (from === present) continue;
    const due = schemas.migrations(kind).filter((one) => from !== null && one.from >= from);
    const schema = schemas.get(kind);
    if (due.length > 0 && schema !== undefined) await rewriteAll(store, schema, due);
    await store.putValue(`schema:${kind}`, present);
  }
}

async function rewriteAll(
  store: MigratedStore,
  { kind, isProtected }: CanonicalSchema,
  migrations: readonly Migration[],
): Promise<void> {
  for await (const batch of store.entities.scan(kind)) {
    const changed = batch.flatMap(({ entity, hash }) => {
      const migrated = migrate(entity, migrations);
      const newHash = digestOf(migrated);
      if (newHash === hash) return [];
      return [{ kind, entity: migrated, hash: newHash, isProtected: isProtected(migrated) }];
    });
    await store.entities.rewrite(changed);
  }
}

/** The entity after these migrations, one after the other. */
export function migrate(entity: Entity, migrations: readonly Migration[]): Entity {
  const fields: Record<string, Json> = { ...entity };
  for (const { steps } of migrations) for (const step of steps) take(step, fields);
  return { ...fields, id: entity.id };
}

function take(step: MigrationStep, fields: Record<string, Json>): void {
  if ('map' in step) {
    const value = fields[step.map];
    const mapped = typeof value === 'string' ? step.values[value] : undefined;
    if (mapped !== undefined) fields[step.map] = mapped;
  } else if ('rename' in step) {
    const value = fields[step.rename];
    if (value !== undefined) fields[step.to] = value;
    delete fields[step.rename];
  } else if ('drop' in step) {
    delete fields[step.drop];
  } else if (fields[step.default] === undefined) {
    fields[step.default] = step.value;
  }
}

/**
 * Entities are written with the mark that their schema calls them protected. Where a schema says
 * otherwise now, those that it protects are marked anew before anything can ask for them.
 */
export async function keepProtectedMarks(
  store: Pick<Store, 'entities' | 'getValue' | 'putValue'>,
  schemas: CanonicalSchemas,
): Promise<void> {
  for (const kind of schemas.kinds) {
    const schema = schemas.get(kind);
    const rule = schema?.schema['x-protected'];
    if (schema === undefined || rule === undefined) continue;
    const [name, present] = [`shields:${kind}`, digestOf(rule)];
    const before = await store.getValue(name);
    if (before === present) continue;
    for await (const batch of store.entities.scan(kind)) {
      const shielded = batch.filter(({ entity }) => schema.isProtected(entity));
      await store.entities.rewrite(shielded.map((one) => ({ ...one, kind, isProtected: true })));
    }
    await store.putValue(name, present);
  }
}
