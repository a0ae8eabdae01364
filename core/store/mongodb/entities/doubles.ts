import type { Collection } from 'mongodb';
import { isList } from '../../../message/digest.ts';
import type { Json } from '../../../message/message.ts';
import type { Change, Double } from '../../entity-store.ts';
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

/** Who has become the first of those who have the same, or is it no more. */
export function changedBy(
  kind: string,
  before: readonly Double[],
  after: readonly Double[],
): readonly Change[] {
  const changed = laterOnes(before).symmetricDifference(laterOnes(after));
  return [...changed].map((one) => {
    return { kind, id: one.slice(one.indexOf(' ') + 1), what: 'content' };
  });
}

/** Those who do not keep what is double. */
function laterOnes(doubles: readonly Double[]): Set<string> {
  return new Set(doubles.flatMap(({ as, ids }) => ids.slice(1).map((id) => `${as} ${id}`)));
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
