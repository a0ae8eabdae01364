import type { Collection } from 'mongodb';
import { isList } from '../../../message/digest.ts';
import type { Json } from '../../../message/message.ts';
import type { Double } from '../../entity-store.ts';
import { idsUnder, type Named } from '../database.ts';
import { type EntityDocument, storedOf } from './entity-document.ts';

/** What several of a kind have; the id is the kind. */
export interface DoubledDocument extends Named {
  doubles: readonly Double[];
}

/** Groups of ids that share a value, however it is written; contents are read, and not kept. */
export async function searchDoubles(
  entities: Collection<EntityDocument>,
  kind: string,
  path: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const ids = new Map<string, Set<string>>();
  for await (const document of entities.find({ _id: idsUnder([kind]) })) {
    const { entity } = storedOf(document);
    for (const text of textsAt(entity, path)) {
      const plain = text.toLowerCase().replaceAll(/[ -]/g, '');
      ids.set(plain, (ids.get(plain) ?? new Set()).add(entity.id));
    }
  }
  return [...ids.values()].filter(({ size }) => size > 1).map((own) => [...own]);
}

function textsAt(value: Json | undefined, path: readonly string[]): readonly string[] {
  const [step, ...rest] = path;
  if (step === undefined) {
    const items = value !== undefined && isList(value) ? value : [value];
    return items.filter((item) => typeof item === 'string');
  }
  if (typeof value !== 'object' || value === null || isList(value)) return [];
  return textsAt(value[step], rest);
}
