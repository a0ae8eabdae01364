import { digestOf } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { CanonicalSchema, CanonicalSchemas, Migration, MigrationStep } from './canonical.ts';

/** The few things that a migration needs of a store. */
export interface MigratedStore {
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
