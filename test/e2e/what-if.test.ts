import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const USER = 'mappings/scim/user.yaml';
/** Family name first. */
const REVERSED = ["givenName + ' ' + familyName", "familyName + ', ' + givenName"] as const;

describe('what-if', () => {
  let world: World;
  let changes: string;

  beforeEach(async () => {
    world = await World.open();
    changes = await mkdtemp(join(tmpdir(), 'skolnav-changes-'));
    await publish(
      join(world.folder, 'data', 'register'),
      smallTown('ber-20260901', numbers(1, 20)),
    );
    await world.sync();
  });
  afterEach(async () => {
    await world.close();
    await rm(changes, { recursive: true, force: true });
  });

  /** A built-in file, changed, in the folder of changes. */
  async function change(file: string, ...replacements: readonly (readonly [string, string])[]) {
    let text = await readFile(join(ROOT, file), 'utf8');
    for (const [from, to] of replacements) {
      assert.ok(text.includes(from));
      text = text.replaceAll(from, to);
    }
    await mkdir(dirname(join(changes, file)), { recursive: true });
    await writeFile(join(changes, file), text);
  }

  const request = (flow: string | null = null) => ({
    ...{ flow, details: 3, reveal: false, who: 'test', onProgress: () => undefined },
    signal: new AbortController().signal,
  });
  const whatIf = (flow: string | null = null) =>
    world.withHub(({ control }) => control.whatIf(changes, request(flow)));

  it('says why objects could not be made, and of whom the first is', async () => {
    await change(USER, [
      'userName: { take: "eduPersonPrincipalNames[0]"',
      'userName: { take: "emails[0].value"',
    ]);
    const { parked, reasons } = (await whatIf('identity'))[0] ?? { parked: 0, reasons: [] };
    const [reason] = reasons;
    assert.deepEqual([parked, reason?.count, reason?.objectKind], [20, 20, 'User']);
    assert.equal(reason?.problem.code, 'VALUE_MISSING');
    assert.equal(reason.problem.place?.file, USER);
    assert.equal(reason.example.kind, 'person');
  });

  it('says which fields of how many objects a changed mapping would change, and writes nothing', async () => {
    const before = await world.picture();
    await change(USER, REVERSED);
    const reports = await whatIf();
    const counts = reports.map(({ flow, counts: { update } }) => [flow, update]);
    assert.deepEqual(counts, [
      ['collaboration', 0],
      ['identity', 20],
      ['lms', 0],
    ]);
    const identity = reports.find(({ flow }) => flow === 'identity');
    assert.deepEqual(identity?.fields, [{ objectKind: 'User', field: 'displayName', count: 20 }]);
    assert.equal(identity?.changes.length, 3);
    assert.match(identity?.held[0]?.text ?? '', /update 20 of 20 User/);
    assert.deepEqual(await world.picture(), before);
    assert.ok((await world.plan()).every(({ counts: { update } }) => update === 0));
  });

  it('leaves out what would come anyway', async () => {
    await publish(
      join(world.folder, 'data', 'register'),
      smallTown('ber-20260902', numbers(1, 25)),
    );
    await world.withHub(({ control }) =>
      control.sync({ ...request(), deliver: false, patienceMs: 0 }),
    );
    await change('flows/identity.yaml', ["groupType == 'Klass' && active(it)", 'false']);
    const [report] = await whatIf('identity');
    assert.deepEqual(report?.counts, { create: 0, update: 0, delete: 1 });
  });

  it('gives the digest of the plan that runs when the files stand in the workspace', async () => {
    await change(USER, REVERSED);
    const [report] = await whatIf('identity');
    assert.ok(report !== undefined);
    await mkdir(join(world.folder, dirname(USER)), { recursive: true });
    await writeFile(join(world.folder, USER), await readFile(join(changes, USER), 'utf8'));
    await world.guard('{ maxUpdate: 100% }');
    const deliver = (plan: string) =>
      world.withHub(({ control }) =>
        control.sync({ ...request('identity'), deliver: true, patienceMs: 0, plan }),
      );
    const refused = runOf(await deliver('another'), 'identity');
    assert.deepEqual([refused.outcome, refused.problem?.code], ['held', 'PLAN_CHANGED']);
    assert.equal(runOf(await deliver(report.digest), 'identity').outcome, 'done');
    const [user] = [...world.identity.directory.of('Users').values()];
    assert.match(String(user?.['displayName']), /^Ek, /);
  });

  it('refuses changed files that are faulty, with file, line and column', async () => {
    await change(USER, ['take: givenName', 'take: givnName']);
    await assert.rejects(whatIf(), /user\.yaml:8:\d+ MAPPING_PATH_UNKNOWN .*[Dd]id you mean/);
  });
});
