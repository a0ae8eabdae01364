import {
  type ApiAnswer,
  type ApiRequest,
  isObject,
  type Json,
  type JsonObject,
  type ServedObjects,
  type ServedThere,
  servedByKeys,
  servedThere,
} from '../../../core/plugin.ts';
import type { Entities } from './entities.ts';
import { FILTERS, type Test } from './filters.ts';
import { BadRequest, readShown, refuseUnknown } from './list-query.ts';
import { texts } from './texts.ts';

const MOST = 10_000;
const at =
  (path: string) =>
  (values: ReadonlySet<string>): Test =>
  ({ object }) =>
    texts(object, path).some((one) => values.has(one));

/** By what each list may be looked up, beside `ids`. */
const LOOKUPS: Readonly<
  Record<string, Readonly<Record<string, (of: ReadonlySet<string>) => Test>>>
> = {
  organisations: {
    schoolUnitCodes: at('schoolUnitCode'),
    organisationCodes: at('organisationCode'),
  },
  persons: { civicNos: at('civicNo.value') },
  placements: {
    personIds: (of) => (row) => at('child')(of)(row) || at('owners[]')(of)(row),
  },
  activities: { teachers: at('teachers[].duty') },
};

/** Answers a look-up with all that it finds, each entity once. Throws BadRequest. */
export async function answerLookup(
  list: string,
  { query, body }: Pick<ApiRequest, 'query' | 'body'>,
  entities: Entities,
  objects: ServedObjects,
): Promise<ApiAnswer> {
  refuseUnknown(query, new Set(['expand', 'expandReferenceNames']));
  const shown = readShown(list, query);
  const { ids = [], ...others } = wantedIn(list, body);
  const found = new Map<string, ServedThere>();
  for (const row of await servedByKeys(objects, list, ids)) found.set(row.key, row);
  const tests = await testsOf(list, others, objects);
  if (tests.length > 0) {
    for await (const rows of servedThere(objects, list)) {
      for (const row of rows) if (tests.some((test) => test(row))) found.set(row.key, row);
    }
  }
  const made = await entities.of(list, [...found.values()], shown);
  return { status: 200, body: [...made] };
}

async function testsOf(
  list: string,
  { members = [], ...wanted }: Readonly<Record<string, readonly string[]>>,
  objects: ServedObjects,
): Promise<readonly Test[]> {
  const tests = Object.entries(wanted).flatMap(([name, values]) => {
    const make = LOOKUPS[list]?.[name];
    return make === undefined || values.length === 0 ? [] : [make(new Set(values))];
  });
  const memberOf = FILTERS['activities']?.['member'];
  if (members.length > 0 && memberOf !== undefined)
    tests.push(await memberOf.make(members, objects));
  return tests;
}

/** The lists of texts of a body. */
function wantedIn(list: string, body: Json): Readonly<Record<string, readonly string[]>> {
  const known = ['ids', ...Object.keys(LOOKUPS[list] ?? {})];
  if (list === 'activities') known.push('members');
  if (!isObject(body)) throw new BadRequest(`the body has ${known.join(', ')}`);
  const wanted: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(body satisfies JsonObject)) {
    if (!known.includes(name)) throw new BadRequest(`the body has ${known.join(', ')}`);
    if (!Array.isArray(values)) throw new BadRequest(`${name} is a list of texts`);
    const texts = values.filter((one) => typeof one === 'string');
    if (texts.length !== values.length) throw new BadRequest(`${name} is a list of texts`);
    wanted[name] = texts;
  }
  const count = Object.values(wanted).flat().length;
  if (count > MOST) throw new BadRequest(`no more than ${MOST} are looked up at once`);
  return wanted;
}
