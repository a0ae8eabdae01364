import type { Collection } from 'mongodb';
import { inBatches } from '../../../message/batches.ts';
import type { Dangling } from '../../entity-store.ts';
import { idsUnder, PAGE, pagesOf, refOfId } from '../database.ts';
import type { EntityDocument } from './entity-document.ts';

type Referring = Pick<EntityDocument, '_id' | 'references'>;

const EXAMPLES = 5;

/** What is referred to and is not there: every reference once, looked up page by page. */
export async function danglingIn(
  entities: Collection<EntityDocument>,
): Promise<readonly Dangling[]> {
  const found = new Map<string, Missing>();
  const named = { references: { $ne: [] } };
  const cursor = entities.find(named).project<Referring>({ references: 1 });
  for await (const page of pagesOf(cursor)) {
    const absent = await absentOf(entities, new Set(page.flatMap((one) => one.references)));
    for (const { _id, references } of page) {
      for (const to of references) if (absent.has(to)) note(found, _id, to);
    }
  }
  return [...found.values()].map(({ from, to, ids, examples }) => {
    return { from, to, count: ids.size, examples };
  });
}

interface Missing {
  readonly from: string;
  readonly to: string;
  readonly ids: Set<string>;
  examples: Dangling['examples'];
}

function note(found: Map<string, Missing>, from: string, to: string): void {
  const [source, goal] = [refOfId(from), refOfId(to)];
  const name = `${source.kind} ${goal.kind}`;
  const nothing = { from: source.kind, to: goal.kind, ids: new Set<string>(), examples: [] };
  const missing: Missing = found.get(name) ?? nothing;
  missing.ids.add(goal.id);
  const examples = [...missing.examples, { from: source.id, to: goal.id }];
  missing.examples = examples.sort((a, b) => (a.to < b.to ? -1 : 1)).slice(0, EXAMPLES);
  found.set(name, missing);
}

/** Who refers to each of these, in order of their ids. */
export async function referrersIn(
  entities: Collection<EntityDocument>,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const page of inBatches(names, PAGE)) {
    const isAsked = new Set(page);
    const cursor = entities.find({ references: { $in: page } }).sort({ _id: 1 });
    for await (const { _id, references } of cursor.project<Referring>({ references: 1 })) {
      for (const to of references) if (isAsked.has(to)) found.get(to)?.push(_id);
    }
  }
  return found;
}

/** Those of these ids that no entity has. */
export async function absentOf(
  entities: Collection<EntityDocument>,
  ids: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const absent = new Set(ids);
  const asked = [...ids];
  for (const page of inBatches(asked, PAGE)) {
    const cursor = entities.find({ _id: { $in: page } });
    for await (const { _id } of cursor.project<Referring>({ _id: 1 })) absent.delete(_id);
  }
  return absent;
}

/** Who of a kind refers to whom of it, without the ends of chains: circles are among them. */
export async function selfReferencesIn(entities: Collection<EntityDocument>, kind: string) {
  const pairs: { from: string; to: string }[] = [];
  const cursor = entities.find({ _id: idsUnder([kind]), references: { $ne: [] } });
  for await (const { _id, references } of cursor.project<Referring>({ references: 1 })) {
    for (const to of references.map(refOfId)) {
      if (to.kind === kind) pairs.push({ from: refOfId(_id).id, to: to.id });
    }
  }
  const [referring, referred] = [
    new Set(pairs.map(({ from }) => from)),
    new Set(pairs.map(({ to }) => to)),
  ];
  return pairs.filter(({ from, to }) => referred.has(from) && referring.has(to));
}
