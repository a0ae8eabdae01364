import assert from 'node:assert/strict';
import jsonata from 'jsonata';
import { loadWorkspace } from '../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../core/hub.ts';
import type { OutboundMapping } from '../core/mapping/compiled.ts';
import type { Entity, JsonObject } from '../core/message/message.ts';
import { type Figure, fastest } from './figures.ts';

const PERSONS = 20_000;
const CONTEXT = { today: '2026-09-01', lookup: () => undefined };

/** The same two mappings three times: ours, by hand in TypeScript, and in JSONata. */
export async function benchMapping(): Promise<readonly Figure[]> {
  const persons = Array.from({ length: PERSONS }, (_, at) => personOf(at));
  const { workspace } = await loadWorkspace(BUILT_IN_FOLDER, BUILT_IN_FOLDER, { checkAll: true });
  assert.ok(workspace !== null);
  const figures: Figure[] = [];
  for (const { module, byHand, inJsonata } of CASES) {
    const mapping: OutboundMapping | undefined = workspace.outbound
      .get(module)
      ?.find(({ to }) => WANTED.has(to.objectKind));
    assert.ok(mapping !== undefined);
    figures.push(...(await compare(mapping, persons, byHand, inJsonata)));
  }
  return figures;
}

const WANTED = new Set(['User', 'users']);

async function compare(
  mapping: OutboundMapping,
  persons: readonly Entity[],
  byHand: (person: Entity) => JsonObject | null,
  inJsonata: string,
): Promise<readonly Figure[]> {
  const expression = jsonata(inJsonata);
  const [first] = persons;
  assert.ok(first !== undefined);
  const [ours] = mapping.project(first, CONTEXT);
  assert.ok(ours !== undefined && 'object' in ours);
  assert.deepEqual(byHand(first), ours.object);
  assert.deepEqual(JSON.parse(JSON.stringify(await expression.evaluate(first))), ours.object);
  const hand = await fastest(async () => {
    for (const person of persons) byHand(person);
  });
  const compiled = await fastest(async () => {
    for (const person of persons) mapping.project(person, CONTEXT);
  });
  const some = persons.slice(0, PERSONS / 10);
  const peer = await fastest(async () => {
    for (const person of some) await expression.evaluate(person);
  });
  const what = `${mapping.to.connector}/${mapping.to.objectKind}`;
  const handRate = PERSONS / hand;
  const oursRate = PERSONS / compiled;
  return [
    { what: `${what} by hand`, value: handRate, unit: 'records/s', against: null },
    { what: `${what} by mapping file`, value: oursRate, unit: 'records/s', against: handRate },
    { what: `${what} in JSONata`, value: some.length / peer, unit: 'records/s', against: handRate },
  ];
}

interface Case {
  readonly module: string;
  readonly byHand: (person: Entity) => JsonObject | null;
  readonly inJsonata: string;
}

const CASES: readonly Case[] = [
  {
    module: 'collaboration',
    byHand: sdsUser,
    inJsonata: `{
      "sourcedId": id,
      "username": $lowercase(eduPersonPrincipalNames[0]),
      "givenName": $substring(givenName, 0, 64),
      "familyName": $substring(familyName, 0, 64),
      "email": $lowercase(emails[type="Skola elev"].value)
    }`,
  },
  {
    module: 'identity',
    byHand: scimUser,
    inJsonata: `{
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
    }`,
  },
];

interface Email {
  readonly type: string;
  readonly value: string;
}

/** What a careful programmer would write for microsoft-sds/users. */
function sdsUser(person: Entity): JsonObject | null {
  const names = listOf(person['eduPersonPrincipalNames']);
  if (typeof names[0] !== 'string') return null;
  const email = emailsOf(person).find(({ type }) => type === 'Skola elev');
  return {
    sourcedId: person.id,
    username: names[0].toLowerCase(),
    givenName: cut(person['givenName']),
    familyName: cut(person['familyName']),
    ...(email === undefined ? {} : { email: email.value.toLowerCase() }),
  };
}

/** What a careful programmer would write for scim/User. */
function scimUser(person: Entity): JsonObject | null {
  const names = listOf(person['eduPersonPrincipalNames']);
  const { givenName, familyName, personStatus } = person;
  if (typeof names[0] !== 'string') return null;
  if (typeof givenName !== 'string' || typeof familyName !== 'string') return null;
  const emails = emailsOf(person).flatMap(({ type, value }) => {
    if (type === 'Skola personal') return [{ value: value.toLowerCase(), type: 'work' }];
    return type === 'Skola elev' ? [{ value: value.toLowerCase(), type: 'other' }] : [];
  });
  return {
    externalId: person.id,
    userName: names[0].toLowerCase(),
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    userType: listOf(person['duties']).some(isActive) ? 'staff' : 'student',
    active: personStatus !== 'Avliden' && personStatus !== 'Utvandrad',
    ...(emails.length === 0 ? {} : { emails }),
  };
}

function isActive(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const { today } = CONTEXT;
  const begins = 'startDate' in item && typeof item.startDate === 'string' ? item.startDate : '';
  const ends = 'endDate' in item && typeof item.endDate === 'string' ? item.endDate : '9999';
  return begins <= today && ends >= today && !('cancelled' in item && item.cancelled === true);
}

function emailsOf(person: Entity): readonly Email[] {
  // SAFETY: the bench's own persons, made below.
  return listOf(person['emails']) as readonly unknown[] as readonly Email[];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function cut(value: unknown): string {
  return Array.from(String(value)).slice(0, 64).join('');
}

function personOf(at: number): Entity {
  return {
    id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    givenName: `Kim${at}`,
    familyName: 'Testsson',
    personStatus: 'Aktiv',
    eduPersonPrincipalNames: [`Kim${at}@Skola.example`],
    emails: [
      { type: 'Privat', value: `kim${at}@post.example` },
      { type: 'Skola elev', value: `Kim${at}@Elev.skola.example` },
    ],
    duties: at % 10 === 0 ? [{ startDate: '2020-01-01' }] : [],
  };
}
