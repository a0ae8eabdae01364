import assert from 'node:assert/strict';
import type { JsonObject, ObjectSink, Operation, Outcome } from '../../core/plugin.ts';
import {
  type GraphBinding,
  graphClass,
  graphUser,
  openGraph,
} from '../../test/contract/graph-sink.ts';
import { type Graph, startGraph, type TenantOptions } from './simulator.ts';

const SIGNAL = new AbortController().signal;

describe('the sink of Microsoft Graph', () => {
  let graph: Graph;
  let sink: ObjectSink;
  const ids = new Map<string, string>();

  async function open(options: TenantOptions = {}, binding: GraphBinding = {}) {
    ids.clear();
    graph = await startGraph(options);
    sink = await openGraph(graph, binding);
  }
  afterEach(() => graph.stop());

  const idOf = (kind: string, key: string) => ids.get(`${kind}/${key}`) ?? '';

  async function apply(
    action: Operation['action'],
    kind: string,
    objects: Readonly<Record<string, JsonObject | null>>,
    previous: JsonObject | null = null,
  ): Promise<readonly Outcome[]> {
    const keys = Object.keys(objects);
    const operations = keys.map((key) => ({
      ...{ action, objectKind: kind, key, formerKey: null, object: objects[key] ?? null, previous },
      ...{ remoteId: ids.get(`${kind}/${key}`) ?? null, references: Object.fromEntries(ids) },
    }));
    const outcomes = await sink.apply(operations, SIGNAL);
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.kind === 'failed' || outcome.remoteId === undefined) continue;
      ids.set(`${kind}/${keys[at]}`, outcome.remoteId);
    }
    return outcomes;
  }

  const went = (outcomes: readonly Outcome[]) =>
    assert.ok(
      outcomes.every(({ kind }) => kind !== 'failed'),
      JSON.stringify(outcomes),
    );
  const failureOf = (outcome: Outcome | undefined) => {
    assert.ok(outcome?.kind === 'failed', JSON.stringify(outcome));
    return outcome.failure;
  };
  const make = async (kind: string, objects: Readonly<Record<string, JsonObject>>) =>
    went(await apply('create', kind, objects));
  const membership = (user: string, role: string) => ({ class: 'c', user, role });
  const team = (archived: boolean) => ({ class: 'c', archived });
  /** A class with a teacher. */
  async function makeClass(): Promise<void> {
    await make('class', { c: graphClass('c') });
    await make('user', { t: graphUser('t', 1) });
    await make('membership', { 'c|t': membership('t', 'teacher') });
  }

  it('tells forty memberships by three requests of at most twenty parts', async () => {
    await open();
    await make('class', { c: graphClass('c') });
    const keys = Array.from({ length: 40 }, (_, at) => `p${at}`);
    await make('user', Object.fromEntries(keys.map((key) => [key, graphUser(key)])));
    const before = graph.counts.requests;
    await make(
      'membership',
      Object.fromEntries(keys.map((key) => [`c|${key}`, membership(key, 'student')])),
    );
    assert.equal(graph.held('membership').length, 40);
    // Where the class is; whether they are in it; and the memberships.
    assert.equal(graph.counts.requests - before, 1 + 2 + 2);
    assert.equal(graph.counts.most, 20);
  });

  it('sends again only the parts of a batch that are told to wait, after that time', async () => {
    await open({ writes: 5, retryAfter: 0.2 });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const began = Date.now();
    const made = Object.fromEntries(keys.map((key) => [key, graphClass(key)]));
    const outcomes = await apply('create', 'class', made);
    const failed = outcomes.filter(({ kind }) => kind === 'failed');
    assert.deepEqual(
      failed.map((one) => [failureOf(one).code, failureOf(one).recovery]),
      [
        ['TARGET_BUSY', 'retry'],
        ['TARGET_BUSY', 'retry'],
      ],
    );
    assert.equal(graph.held('class').length, 5);
    assert.equal(graph.counts.refused, 4 * 2);
    assert.ok(Date.now() - began >= 600);
  });

  it('keeps the pace of changes by the parts of a batch, not by requests', async () => {
    await open({}, { writesPerSecond: 50 });
    const keys = Array.from({ length: 30 }, (_, at) => `c${at}`);
    const began = Date.now();
    await make('class', Object.fromEntries(keys.map((key) => [key, graphClass(key)])));
    assert.ok(Date.now() - began >= 450);
  });

  it('makes the team when Teams knows the class, and waits for what was begun', async () => {
    await open({ unseenByTeams: 2, looks: 2 });
    await makeClass();
    const [early] = await apply('create', 'team', { c: team(false) });
    assert.deepEqual(
      [failureOf(early).code, failureOf(early).recovery, failureOf(early).retryAfterMs],
      ['PREREQUISITE_MISSING', 'retry', 10_000],
    );
    await make('team', { c: team(false) });
    assert.deepEqual(graph.held('team'), [{ id: idOf('class', 'c'), team: 'open' }]);
  });

  it('archives a team and opens it again; without its class it is archived alone', async () => {
    await open();
    await makeClass();
    await make('team', { c: team(false) });
    const state = () => graph.held('team').map((one) => one['team']);
    went(await apply('update', 'team', { c: team(true) }, team(false)));
    assert.deepEqual(state(), ['archived']);
    went(await apply('update', 'team', { c: team(false) }, team(true)));
    assert.deepEqual(state(), ['open']);
    went(await apply('delete', 'team', { c: null }, team(false)));
    assert.deepEqual(state(), ['archived']);
  });

  it('gives a class without a teacher no team, unless an owner of all teams is named', async () => {
    await open();
    await make('class', { c: graphClass('c') });
    const [refused] = await apply('create', 'team', { c: team(false) });
    assert.equal(failureOf(refused).recovery, 'dead-letter');
    const owner = graph.directory.account('service@skola.example')?.id ?? '';
    sink = await openGraph(graph, { owner });
    await make('team', { c: team(false) });
    assert.deepEqual(
      graph.held('membership').map(({ user, role }) => [user, role]),
      [[owner, 'teacher']],
    );
  });

  it('makes the team of a class that the owner of all teams owns already', async () => {
    await open();
    await make('class', { c: graphClass('c') });
    const owner = graph.directory.account('service@skola.example')?.id ?? '';
    const group = graph.directory.group(idOf('class', 'c'));
    group?.owners.add(owner);
    group?.members.add(owner);
    sink = await openGraph(graph, { owner });
    await make('team', { c: team(false) });
    assert.equal(graph.held('team').length, 1);
  });

  it('brings a deleted class back with its team, and without whoever was in it then', async () => {
    await open();
    await makeClass();
    await make('team', { c: team(false) });
    const before = [idOf('class', 'c'), graph.held('team')];
    went(await apply('delete', 'class', { c: null }, graphClass('c')));
    assert.deepEqual([graph.held('class').length, graph.held('team').length], [0, 0]);
    ids.delete('class/c');
    const [former] = [...graph.directory.groups.values()];
    former?.members.add('who-has-left');
    const [back] = await apply('create', 'class', { c: graphClass('c', 2) });
    assert.deepEqual([Object(back).isAnother, former?.members.has('who-has-left')], [true, false]);
    assert.deepEqual([idOf('class', 'c'), graph.held('team')], before);
    assert.equal(graph.held('class')[0]?.['displayName'], '7A 2');
  });

  it('does not bring another’s class back, with its members, that had the name before', async () => {
    await open();
    await makeClass();
    const former = graph.directory.group(idOf('class', 'c'));
    assert.ok(former !== null);
    former.isDeleted = true;
    former.fields = { ...former.fields, externalId: 'of-last-year' };
    ids.delete('class/c');
    const [taken] = await apply('create', 'class', { c: graphClass('c') });
    assert.equal(failureOf(taken).code, 'KEY_TAKEN');
    assert.ok(former.isDeleted);
  });

  it('leaves an administrator’s account alone that it may not change, and tells the others', async () => {
    await open({ isAdministrator: (name) => name.startsWith('t') });
    const accounts = { t: graphUser('t', 1), a: graphUser('a'), b: graphUser('b') };
    const [refused, ...others] = await apply('create', 'user', accounts);
    assert.equal(failureOf(refused).code, 'TARGET_REFUSED');
    assert.match(failureOf(refused).message, /Authorization_RequestDenied/);
    went(others);
  });

  it('makes a student of a teacher, who is shown as a member a moment longer, and back', async () => {
    await open({ lingers: true });
    await makeClass();
    const roles = () => graph.held('membership').map(({ role }) => role);
    const [teacher, student] = [membership('t', 'teacher'), membership('t', 'student')];
    const [early] = await apply('update', 'membership', { 'c|t': student }, teacher);
    assert.equal(failureOf(early).recovery, 'retry');
    went(await apply('update', 'membership', { 'c|t': student }, teacher));
    assert.deepEqual(roles(), ['student']);
    went(await apply('update', 'membership', { 'c|t': teacher }, student));
    assert.deepEqual(roles(), ['teacher']);
  });

  it('does not take the last owner of a team out, and says so', async () => {
    await open();
    await makeClass();
    await make('team', { c: team(false) });
    const [refused] = await apply(
      'delete',
      'membership',
      { 'c|t': null },
      membership('t', 'teacher'),
    );
    assert.equal(failureOf(refused).recovery, 'dead-letter');
    assert.equal(graph.held('membership').length, 1);
  });

  it('lets a person without an account wait, and finds the account that comes', async () => {
    const names = new Set<string>();
    await open({ hasAccount: (name) => names.has(name) });
    const [waits] = await apply('create', 'user', { a: graphUser('a') });
    assert.equal(failureOf(waits).recovery, 'retry');
    assert.doesNotMatch(failureOf(waits).message, /skola\.example/);
    names.add('a@skola.example');
    await make('user', { a: graphUser('a') });
    assert.equal(graph.held('user').length, 1);
  });

  it('tells the new account of a person, and no longer the former one', async () => {
    await open();
    await make('user', { a: graphUser('a') });
    const renamed = { ...graphUser('a'), userPrincipalName: 'other@skola.example' };
    went(await apply('update', 'user', { a: renamed }, graphUser('a')));
    assert.deepEqual(
      graph.held('user').map((one) => one['userPrincipalName']),
      ['other@skola.example'],
    );
  });

  describe('of a person who has another account', () => {
    const account = (key: string, of: string) => ({
      ...graphUser(key),
      userPrincipalName: `${of}@skola.example`,
    });
    const told = (objects: Readonly<Record<string, JsonObject>>, previous: JsonObject) =>
      apply('update', 'membership', objects, previous);
    const accounts = () => graph.held('membership').map(({ user }) => user);
    const student = (key: string) => ({ [`c|${key}`]: membership(key, 'student') });

    beforeEach(async () => {
      await open();
      await make('class', { c: graphClass('c') });
    });

    it('takes the new one into the class, and the former one out', async () => {
      await make('user', { a: graphUser('a') });
      await make('membership', student('a'));
      const former = accounts();
      went(await apply('update', 'user', { a: account('a', 'other') }, graphUser('a')));
      went(await told(student('a'), membership('a', 'student')));
      assert.deepEqual(accounts(), [idOf('user', 'a')]);
      assert.notDeepEqual(accounts(), former);
      went(await apply('delete', 'membership', { 'c|a': null }, membership('a', 'student')));
      assert.deepEqual(accounts(), []);
    });

    it('leaves in the class who has the former one now and is in it too', async () => {
      await make('user', { a: graphUser('a'), b: graphUser('b') });
      await make('membership', { ...student('a'), ...student('b') });
      const swapped = { a: account('a', 'b'), b: account('b', 'a') };
      for (const key of ['a', 'b'] as const)
        await apply('update', 'user', { [key]: swapped[key] }, graphUser(key));
      assert.equal(graph.held('user').length, 2, 'whose they are is told of both');
      for (const key of ['a', 'b']) went(await told(student(key), membership(key, 'student')));
      assert.deepEqual(accounts().toSorted(), [idOf('user', 'a'), idOf('user', 'b')].toSorted());
    });

    it('is told of in a later run, too: who has the former one now is to be told again', async () => {
      await make('user', { a: graphUser('a'), b: graphUser('b') });
      await make('membership', { ...student('a'), ...student('b') });
      const swapped = { a: account('a', 'b'), b: account('b', 'a') };
      for (const key of ['a', 'b'] as const)
        await apply('update', 'user', { [key]: swapped[key] }, graphUser(key));
      went(await told(student('a'), membership('a', 'student')));
      sink = await openGraph(graph);
      const [moved] = await told(student('b'), membership('b', 'student'));
      assert.equal(Object(moved).hadOthersId, true);
    });
  });
});
