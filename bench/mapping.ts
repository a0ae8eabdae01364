import assert from 'node:assert/strict';
import jsonata from 'jsonata';
import { loadWorkspace } from '../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../core/hub.ts';
import type { InboundContext } from '../core/mapping/compiled.ts';
import type { Entity, JsonObject } from '../core/message/message.ts';
import { type Figure, fastest } from './figures.ts';
import {
  itslearningPerson,
  registerPerson,
  scimGroup,
  scimUser,
  sdsUser,
  TODAY,
} from './mappings-by-hand.ts';

const ENTITIES = 20_000;
const CONTEXT = { today: TODAY, lookup: () => undefined };

/** A shipped mapping beside the same written by hand, and in JSONata. */
interface Case<T> {
  readonly what: string;
  readonly given: readonly T[];
  readonly byHand: (given: T) => unknown;
  readonly interpreted: (given: T) => unknown;
  readonly byMapping: (given: T) => unknown;
  readonly inJsonata?: string;
}

/** Shipped mappings: as they run, by their interpreter alone, and by hand in TypeScript. */
export async function benchMapping(): Promise<readonly Figure[]> {
  const { workspace } = await loadWorkspace(BUILT_IN_FOLDER, BUILT_IN_FOLDER, { checkAll: true });
  assert.ok(workspace !== null);
  const outbound = (kind: string, byHand: (entity: Entity) => JsonObject | null) => {
    const all = [...workspace.outbound.values()].flat();
    const mapping = all.find(({ to }) => `${to.connector}/${to.objectKind}` === kind);
    assert.ok(mapping !== undefined, kind);
    const given = mapping.from.kind === 'group' ? GROUPS : PERSONS;
    const { ways } = mapping;
    return {
      ...{ what: kind, given, byHand: (one: Entity) => objectOf(one.id, byHand(one)) },
      interpreted: (one: Entity) => ways.interpreted(one, CONTEXT),
      byMapping: (one: Entity) => mapping.project(one, CONTEXT),
    };
  };
  const [register] = workspace.inbound.get('register')?.filter(isOfPersons) ?? [];
  assert.ok(register !== undefined);
  return [
    ...(await compare({ ...outbound('microsoft-sds/users', sdsUser), inJsonata: SDS_USER })),
    ...(await compare({ ...outbound('scim/User', scimUser), inJsonata: SCIM_USER })),
    ...(await compare(outbound('scim/Group', scimGroup))),
    ...(await compare(outbound('itslearning/person', itslearningPerson))),
    ...(await compare({
      ...{ what: 'barn-och-elevregister/person', given: RECORDS },
      byHand: (one: JsonObject) => [registerPerson(one, IDENTITIES)],
      interpreted: (one: JsonObject) => register.ways.interpreted(one, IDENTITIES),
      byMapping: (one: JsonObject) => register.convert(one, IDENTITIES),
    })),
  ];
}

function isOfPersons({ from }: { readonly from: { readonly stream: string } }): boolean {
  return from.stream === 'person';
}

function objectOf(key: string, object: JsonObject | null): readonly JsonObject[] {
  return object === null ? [] : [{ key, object }];
}

async function compare<T>(one: Case<T>): Promise<readonly Figure[]> {
  const { what, given, byHand, interpreted, byMapping, inJsonata } = one;
  // Those of which by hand nothing is made are parked, which by hand nobody would explain.
  for (const each of given.slice(0, 100)) {
    const made = byHand(each);
    if (Array.isArray(made) && made.length > 0) assert.deepEqual(byMapping(each), made);
  }
  const rate = async (work: (given: T) => unknown) => {
    const seconds = await fastest(async () => {
      for (const each of given) work(each);
    }, 12);
    return given.length / seconds;
  };
  const against = await rate(byHand);
  const figures: Figure[] = [
    { what: `${what} by hand`, value: against, unit: 'records/s', against: null },
    { what: `${what} by mapping file`, value: await rate(byMapping), unit: 'records/s', against },
    { what: `${what} interpreted`, value: await rate(interpreted), unit: 'records/s', against },
  ];
  if (inJsonata === undefined) return figures;
  const expression = jsonata(inJsonata);
  const some = given.slice(0, ENTITIES / 20);
  const peer = await fastest(async () => {
    for (const each of some) await expression.evaluate(each);
  });
  const value = some.length / peer;
  return [...figures, { what: `${what} in JSONata`, value, unit: 'records/s', against }];
}

const SDS_USER = `{
  "sourcedId": id,
  "username": $lowercase(eduPersonPrincipalNames[0]),
  "givenName": $substring(givenName, 0, 64),
  "familyName": $substring(familyName, 0, 64),
  "email": $lowercase(emails[type="Skola elev"].value)
}`;
const SCIM_USER = `{
  "externalId": id,
  "userName": $lowercase(eduPersonPrincipalNames[0]),
  "name": { "givenName": givenName, "familyName": familyName },
  "displayName": givenName & " " & familyName,
  "userType": $count(duties[startDate <= "2026-09-01"]) > 0 ? "staff" : "student",
  "active": personStatus != "Avliden" and personStatus != "Utvandrad",
  "emails": [
    emails[type="Skola personal"].{ "value": $lowercase(value), "type": "work" },
    emails[type="Skola elev"].{ "value": $lowercase(value), "type": "other" }
  ]
}`;

const IDENTITIES: InboundContext = {
  today: TODAY,
  identify: (_system, kind, id) => `${kind}:${id}`,
  identifyOwn: (_system, kind, id) => `${kind}:${id}`,
};

const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;

/** A city's: of ten persons four go to school, five are guardians of those, one works there. */
const PERSONS: readonly Entity[] = Array.from({ length: ENTITIES }, (_, at) => ({
  id: idOf(at),
  givenName: `Kim${at}`,
  familyName: 'Testsson',
  personStatus: 'Aktiv',
  ...(at % 10 < 4 ? pupil(at) : at % 10 < 9 ? guardian(at) : staff(at)),
}));

function pupil(at: number): JsonObject {
  return {
    eduPersonPrincipalNames: [`Kim${at}@Skola.example`],
    emails: [{ type: 'Skola elev', value: `Kim${at}@Elev.skola.example` }],
    enrolments: [{ enroledAt: { id: idOf(1) }, schoolType: 'GR', startDate: '2026-08-18' }],
  };
}

function guardian(at: number): JsonObject {
  const child = (birthDate: string) => ({ id: idOf(at - 4), givenName: 'Alex', birthDate });
  return {
    emails: [{ type: 'Privat', value: `kim${at}@Post.example` }],
    responsibleFor: ['2015-03-02', '2007-01-30'].map((birthDate) => {
      return { relationType: 'Vårdnadshavare', person: child(birthDate) };
    }),
  };
}

function staff(at: number): JsonObject {
  return {
    eduPersonPrincipalNames: [`Kim${at}@Skola.example`],
    emails: [
      { type: 'Privat', value: `kim${at}@Post.example` },
      { type: 'Skola personal', value: `Kim${at}@Skola.example` },
    ],
    duties: [{ startDate: '2020-01-01', endDate: '2026-08-01' }, { startDate: '2026-08-02' }],
  };
}

const GROUPS: readonly Entity[] = Array.from({ length: ENTITIES / 20 }, (_, at) => ({
  id: idOf(at),
  displayName: '7A',
  startDate: '2026-08-18',
  groupMemberships: Array.from({ length: 25 }, (_, nr) => ({
    person: { id: idOf(nr) },
    startDate: '2026-08-18',
    ...(nr % 8 === 0 ? { endDate: '2026-08-25' } : {}),
  })),
}));

const RECORDS: readonly JsonObject[] = Array.from({ length: ENTITIES }, (_, at) => ({
  id: idOf(at),
  civicNo: `2013${String(1 + (at % 12)).padStart(2, '0')}${String(1 + (at % 28)).padStart(2, '0')}TF${10 + (at % 90)}`,
  givenName: `Kim${at}`,
  familyName: 'Testsson',
  gender: at % 2 === 0 ? 'Female' : 'Male',
  birthDate: `2013-${String(1 + (at % 12)).padStart(2, '0')}-${String(1 + (at % 28)).padStart(2, '0')}`,
  contacts: [1, 2].map((nr) => {
    return { person: idOf(at + nr), relation: 'Guardian', custody: 'joint' };
  }),
}));
