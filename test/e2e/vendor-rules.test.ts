import assert from 'node:assert/strict';
import { inEnglish } from '../../core/failure/saying.ts';
import type { Entity, JsonObject } from '../../core/message/message.ts';
import { valuesAt } from '../../core/message/reference-walk.ts';
import { referencePaths } from '../../core/schema/annotation/references.ts';
import { compileSchema } from '../../core/schema/validator.ts';
import { runOf, World } from './world.ts';

/** What a target holds of one kind, by key, and the connector's schema of it. */
interface HeldKind {
  readonly schema: JsonObject;
  readonly objects: ReadonlyMap<string, JsonObject>;
}

const FLOWS = ['collaboration', 'lms', 'identity'] as const;

/** What the shipped mappings make of a whole city is what the vendors publish that they take. */
describe('what a made-up city gives each target', () => {
  let world: World;
  const held = new Map<string, ReadonlyMap<string, HeldKind>>();

  before(async () => {
    world = await World.open();
    const files = 'files: { folder: data/collaboration }';
    await world.reconfigure(files, `${files}, relationships: true`);
    await world.night(1, 300);
    const report = await world.sync();
    for (const flow of FLOWS) {
      const { outcome, counts } = runOf(report, flow);
      assert.deepEqual([outcome, counts['failed'], counts['parked']], ['done', 0, 0], flow);
      held.set(flow, await heldBy(world, flow));
    }
  });
  after(() => world.close());

  const objects = (flow: string, kind: string) => [
    ...(held.get(flow)?.get(kind)?.objects.values() ?? []),
  ];
  const rows = async (file: string) => {
    const text = await world.delivered(file);
    return text.trimEnd().split('\r\n').slice(1);
  };
  const repeated = (values: readonly unknown[]) => values.length - new Set(values).size;

  for (const flow of FLOWS) {
    it(`fits its schemas, and refers to nothing that is not there: ${flow}`, () => {
      for (const [kind, { schema }] of held.get(flow) ?? []) {
        assert.deepEqual(faultsOf(objects(flow, kind), schema), [], kind);
        for (const { path, kind: to } of referencePaths(schema)) {
          const known = held.get(flow)?.get(to)?.objects;
          const named = objects(flow, kind).flatMap((one) => [...valuesAt(one, path)]);
          const lost = named.filter((key) => typeof key !== 'string' || known?.has(key) !== true);
          assert.equal(lost.length, 0, `${kind} ${path.join('.')}`);
        }
      }
    });
  }

  it('School Data Sync: each id and each row once, and no contact without name and address', async () => {
    const users = await rows('users.csv');
    assert.equal(repeated(users.map((row) => row.split(',')[0])), 0);
    for (const file of ['roles.csv', 'enrollments.csv', 'relationships.csv']) {
      const all = await rows(file);
      assert.ok(all.length > 0, file);
      assert.equal(repeated(all), 0, file);
    }
    const contacts = users.filter((row) => row.startsWith('contact-'));
    assert.ok(contacts.length > 0);
    assert.ok(contacts.every((row) => /^[^,]+,[^,]+@[^,]+,[^,]+,[^,]+,,[^,]+@[^,]+,/.test(row)));
  });

  it('School Data Sync: pupils and staff have their school’s address', () => {
    const roles = objects('collaboration', 'roles');
    const users = held.get('collaboration')?.get('users')?.objects;
    for (const isPupil of [true, false]) {
      const own = roles.filter(({ role }) => (role === 'student') === isPupil);
      const addressed = own.filter(({ userSourcedId }) => {
        return users?.get(String(userSourcedId))?.['email'] !== undefined;
      });
      assert.ok(addressed.length > own.length / 2, `${addressed.length} of ${own.length}`);
    }
  });

  it('itslearning: whoever works, learns or cares is reached at an address', () => {
    for (const profile of ['Student', 'Staff', 'Carer']) {
      const own = objects('lms', 'person').filter(({ role }) => role === profile);
      const addressed = own.filter(({ email }) => email !== undefined);
      assert.ok(addressed.length > own.length / 2, `${profile}: ${addressed.length}`);
    }
  });
});

function faultsOf(objects: readonly JsonObject[], schema: JsonObject): readonly string[] {
  const validate = compileSchema(schema);
  // SAFETY: the check reads any object; entities are what it is named for.
  const faults = objects.map((object) => validate(object as Entity));
  const told = faults.flatMap((one) =>
    one === null ? [] : [`${one.field} ${inEnglish(one.what)}`],
  );
  return [...new Set(told)];
}

async function heldBy(world: World, name: string): Promise<ReadonlyMap<string, HeldKind>> {
  return world.withHub(async ({ engine: { store, workspace } }) => {
    const { flows, config, connectors } = workspace;
    const module = flows.find((one) => one.name === name)?.to ?? '';
    const connector = config.modules.get(module)?.connector ?? '';
    const kinds = new Map<string, HeldKind>();
    for (const { kind } of connectors.manifest(connector)?.sink?.objects ?? []) {
      const objects = new Map<string, JsonObject>();
      const target = `${module}:${connector}`;
      for (const origin of await store.ledger.originKinds(target, kind)) {
        for await (const batch of store.ledger.scan(target, kind, origin)) {
          for (const { ref, object } of batch) objects.set(ref.key, object);
        }
      }
      kinds.set(kind, { schema: connectors.objectSchema(connector, kind), objects });
    }
    return kinds;
  });
}
