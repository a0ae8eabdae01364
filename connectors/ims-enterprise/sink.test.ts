import assert from 'node:assert/strict';
import type { JsonObject, ObjectSink, Operation, Outcome } from '../../core/plugin.ts';
import { openFronter } from '../../test/contract/fronter-sink.ts';
import { type FronterSimulator, startFronter } from './simulator.ts';

const NEVER = new AbortController().signal;

describe('what Fronter is told', () => {
  let fronter: FronterSimulator;
  let sink: ObjectSink;

  beforeEach(async () => {
    fronter = await startFronter({ authKey: 'right' });
    sink = await openFronter(fronter);
  });
  afterEach(async () => {
    await sink.close();
    await fronter.stop();
  });

  const operation = (objectKind: string, key: string, object: JsonObject | null): Operation => ({
    ...{ action: object === null ? 'delete' : 'create', objectKind, key, formerKey: null },
    ...{ object, previous: null, remoteId: null, references: {} },
  });
  const node = (id: string, parent: string) =>
    operation('node', id, { id, type: 'SKOLE', short: id, ...(parent === '' ? {} : { parent }) });
  const apply = (...operations: readonly Operation[]) => sink.apply(operations, NEVER);
  const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);

  it('stands in its dialect of IMS Enterprise, in the order that the importer needs', async () => {
    const object = { group: 'c1', person: 'p1', roletype: '01', subrole: 'ELEV' };
    await apply(operation('membership', 'c1|p1', object));
    const [document = ''] = fronter.documents;
    const [head = '', row, ...rest] = document.split('\n');
    assert.match(head, /^<\?xml .*<enterprise><properties><datasource>Skolnav<\/datasource>/);
    assert.equal(
      row,
      '<membership><sourcedid><source>Skolnav</source><id>c1</id></sourcedid><member>' +
        '<sourcedid><source>Skolnav</source><id>p1</id></sourcedid><idtype>1</idtype>' +
        '<role recstatus="1" roletype="01"><subrole>ELEV</subrole><status>1</status>' +
        '<extension><memberof type="1"/></extension></role></member></membership>',
    );
    assert.deepEqual(rest, ['</enterprise>', '']);
  });

  it('names what others refer to before them, and takes it out after them', async () => {
    const made = await apply(node('u1', 's1'), node('u2', 's1'), node('s1', ''));
    assert.deepEqual(kinds(made), ['done', 'done', 'done']);
    assert.equal(fronter.building.groups.get('u1')?.parent, 's1');
    assert.equal(fronter.building.groups.get('s1')?.parent, 'ROOT');
    const gone = [node('s1', ''), node('u1', 's1'), node('u2', 's1')].map((one): Operation => {
      return { ...one, action: 'delete', object: null, previous: one.object };
    });
    assert.deepEqual(kinds(await apply(...gone)), ['done', 'done', 'done']);
    assert.equal(fronter.building.groups.size, 0);
  });

  it('is of the key alone where an object is to go: nobody’s name is told for that', async () => {
    const person = { id: 'p1', fullName: 'Kim Ek', familyName: 'Ek', givenName: 'Kim' };
    const made = operation('person', 'p1', { ...person, systemRole: 'User' });
    await apply(made);
    await apply({ ...made, action: 'delete', object: null, previous: made.object });
    assert.match(fronter.documents[1] ?? '', /<person recstatus="3"><sourcedid>.*<id>p1<\/id>/);
    assert.doesNotMatch(fronter.documents[1] ?? '', /Kim|Ek</);
  });

  it('waits for what it refers to where Fronter does not know it', async () => {
    const [outcome] = await apply(node('u1', 'school-nine'));
    assert.ok(outcome?.kind === 'failed');
    assert.equal(outcome.prerequisite, true);
    assert.doesNotMatch(outcome.failure.message, /school-nine/);
  });

  it('is told again, under another name, where the importer leaves it alone', async () => {
    fronter.show({ kind: 'skips' });
    const left = apply(node('s1', ''));
    await assert.rejects(left, { code: 'TARGET_BUSY', recovery: 'retry' });
    assert.equal(fronter.building.groups.size, 0);
    assert.deepEqual(kinds(await apply(node('s1', ''))), ['done']);
  });

  it('is refused before it is sent where a key is not made of the fields that tell it', async () => {
    for (const [key, group] of [
      ['p1|c1', 'c1'],
      ['c1', 'c1'],
      ['c|1|p1', 'c|1'],
    ] as const) {
      const object = { group, person: 'p1', roletype: '01' };
      const [outcome] = await apply(operation('membership', key, object));
      assert.ok(outcome?.kind === 'failed');
      assert.match(outcome.failure.message, /is not group\|person/);
    }
    assert.deepEqual(fronter.documents, []);
  });
});
