import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publish, type SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';
import { EXIT } from '../../scripts/terminal/exit-codes.ts';
import { exitCodeOf, formatSync } from '../../scripts/terminal/report.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

/** Full batches, deltas between them, and records that come before what they refer to. */
describe('what the register sends', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await send(smallTown('ber-20260901', numbers(1, 40)));
    const report = await world.sync();
    assert.ok(report.flows.every(({ outcome }) => outcome === 'done'));
  });
  afterEach(() => world.close());

  const send = (batch: SimulatedBatch) => publish(join(world.folder, 'data', 'register'), batch);
  const delta = (time: string, from: string, to: string, more: Partial<SimulatedBatch>) =>
    send({
      name: `ber-20260901T${time}-delta`,
      datetime: `2026-09-01T${to}:00+02:00`,
      window: { from: `2026-09-01T${from}:00+02:00`, to: `2026-09-01T${to}:00+02:00` },
      ...more,
    });
  const users = () => world.accounts().map(({ userName }) => String(userName));
  const nameOf = (number: number) =>
    world.accounts().find(({ userName }) => userName === `p${number}@skola.example`)?.[
      'displayName'
    ];
  const person = (number: number, family: string, recstatus = 1) =>
    `<person recstatus="${recstatus}"><sourcedid><id>p${number}</id></sourcedid><name><n>
<family>${family}</family><given>Kim</given></n></name></person>`;

  it('a delta changes what it names and nothing else', async () => {
    await delta('0300', '02:00', '03:00', { elements: [person(7, 'Nyman')] });
    const report = await world.sync();
    assert.deepEqual(
      [runOf(report, 'register').outcome, runOf(report, 'register').counts['changed']],
      ['done', 1],
    );
    assert.equal(nameOf(7), 'Kim Nyman');
    assert.equal(users().length, 40);
    for (const { counts } of report.flows) assert.ok((counts['delivered'] ?? 0) > 0);
  });

  it('a delta deletes with recstatus 3, and only the person named', async () => {
    await delta('0300', '02:00', '03:00', { elements: [person(7, 'Ek', 3)] });
    await world.sync();
    assert.equal(users().length, 39);
    assert.ok(!users().includes('p7@skola.example'));
  });

  it('who leaves a class leaves its group at every target, whether the account stays or goes', async () => {
    const stays = smallTown('ber-20260902', numbers(2, 40));
    const elements = stays.elements?.map((one) =>
      one.includes('<id>class</id></sourcedid><complete>')
        ? one.replace(/<member><sourcedid><id>p3<.*?<\/member>/s, '')
        : one,
    );
    await send({ ...stays, elements: elements ?? [] });
    await world.sync();
    const { directory } = world.identity;
    assert.ok(users().includes('p3@skola.example') && !users().includes('p1@skola.example'));
    const [group] = directory.of('Groups').values();
    const members = group?.['members'];
    assert.ok(Array.isArray(members));
    const ids = new Set(members.map((member) => Object(member).value));
    const inClass = [...directory.of('Users').values()].filter(({ id }) => ids.has(id));
    assert.deepEqual([members.length, inClass.length], [38, 38]);
    assert.ok(inClass.every(({ userName }) => userName !== 'p3@skola.example'));
  });

  it('deltas follow one another, one batch a sync or several', async () => {
    await delta('0300', '02:00', '03:00', { elements: [person(7, 'Nyman')] });
    await delta('0400', '03:00', '04:00', { elements: [person(8, 'Nyman')] });
    await world.sync();
    await world.sync();
    assert.deepEqual([nameOf(7), nameOf(8)], ['Kim Nyman', 'Kim Nyman']);
  });

  it('all that lies there is read by one sync, a mark of protection at its end too', async () => {
    const marked = person(9, 'Ek').replace(
      '</person>',
      '<extension><privacy level="3"/></extension></person>',
    );
    await delta('0300', '02:00', '03:00', { elements: [person(7, 'Nyman')] });
    await delta('0400', '03:00', '04:00', { elements: [person(8, 'Nyman')] });
    await delta('0500', '04:00', '05:00', { elements: [marked] });
    const { intakes } = await world.sync();
    assert.deepEqual(
      intakes.map(({ outcome, counts, unread }) => [outcome, counts['records'], unread]),
      [1, 2, 3].map(() => ['done', 1, []]),
    );
    assert.deepEqual([nameOf(7), nameOf(8)], ['Kim Nyman', 'Kim Nyman']);
    assert.ok(!users().includes('p9@skola.example'));
  });

  it('what is left unread is a finding by its name as long as it lies there', async () => {
    await send(smallTown('ber-20270902', numbers(1, 39)));
    await send(smallTown('ber-20260902', numbers(1, 39)));
    const findings = async () =>
      (await world.withHub(({ control }) => control.findings())).map(({ code, text }) => [
        code,
        text,
      ]);
    const report = await world.sync();
    assert.equal(runOf(report, 'register').outcome, 'done');
    assert.equal(users().length, 39);
    const text = 'ber-20270902.done: its name is dated 2027-09-02, which is to come';
    assert.deepEqual(await findings(), [['FILE_UNREAD', text]]);
    assert.match(formatSync(report), new RegExp(`register: not read: ${text}`));
    assert.equal(exitCodeOf(report), EXIT.failed);
    await world.sync();
    assert.deepEqual(await findings(), [['FILE_UNREAD', text]]);
    const folder = join(world.folder, 'data', 'register');
    for (const name of await readdir(folder)) {
      if (name.startsWith('ber-20270902')) await rm(join(folder, name));
    }
    assert.equal(exitCodeOf(await world.sync()), EXIT.done);
    assert.deepEqual(await findings(), []);
  });

  it('what a full batch says twice is told until a full batch does not, whatever comes between', async () => {
    const told = async () =>
      (await world.withHub(({ control }) => control.findings())).map(({ code }) => code);
    const town = smallTown('ber-20260902', numbers(1, 40));
    await send({ ...town, elements: [...(town.elements ?? []), person(7, 'Nyman')] });
    await world.sync();
    assert.deepEqual(await told(), ['RECORD_REPEATED']);
    const window = { from: '2026-09-02T02:00:00+02:00', to: '2026-09-02T03:00:00+02:00' };
    const name = 'ber-20260902T0300-delta';
    await send({ name, datetime: window.to, window, elements: [person(8, 'Nyman')] });
    assert.equal(runOf(await world.sync(), 'register').counts['changed'], 1);
    assert.deepEqual(await told(), ['RECORD_REPEATED']);
    await send(smallTown('ber-20260903', numbers(1, 40)));
    await world.sync();
    assert.deepEqual(await told(), []);
  });

  it('a gap between deltas is a failed run: a full batch is needed, and heals it', async () => {
    await delta('0500', '04:00', '05:00', { elements: [person(7, 'Nyman')] });
    const run = runOf(await world.sync(), 'register');
    assert.equal(run.outcome, 'failed');
    assert.match(run.problem?.text ?? '', /delta between them is missing/);
    assert.equal(nameOf(7), 'Kim Ek');
    await send(smallTown('ber-20260902', numbers(1, 39)));
    assert.equal(runOf(await world.sync(), 'register').outcome, 'done');
    assert.equal(users().length, 39);
  });

  it('a member who is not known yet is kept, and joins as soon as the person comes', async () => {
    const membership = `<membership><sourcedid><id>class</id></sourcedid><complete>false</complete>
<member><sourcedid><id>p99</id></sourcedid><role roletype="Student"><timeframe><begin>2026-08-18</begin></timeframe></role></member></membership>`;
    await delta('0300', '02:00', '03:00', { elements: [membership] });
    const early = await world.sync();
    assert.ok(early.flows.every(({ counts }) => counts['failed'] === 0));
    assert.equal(world.lms.site.memberships.size, 40);
    const enrolled = `<membership><sourcedid><id>school</id></sourcedid><complete>false</complete>
<member><sourcedid><id>p99</id></sourcedid><role roletype="Student"><timeframe><begin>2026-08-18</begin></timeframe>
<extension><placement schooltype="GR" schoolyear="7"/></extension></role></member></membership>`;
    await delta('0400', '03:00', '04:00', {
      elements: [person(99, 'Sen'), enrolled],
      rows: { konto: ['1;p99;p99@skola.example;;Elev'] },
    });
    await world.sync();
    assert.ok(users().includes('p99@skola.example'));
    assert.equal(world.lms.site.memberships.size, 41);
  });

  it('a person in quarantine keeps the last good values everywhere, and heals by itself', async () => {
    const bad = person(7, 'Nyman').replace('<given>Kim</given>', '');
    const town = smallTown('ber-20260902', numbers(1, 40));
    const elements = town.elements?.map((one) =>
      one.includes('<id>p7</id>') && one.startsWith('<person') ? bad : one,
    );
    await send({ ...town, ...(elements === undefined ? {} : { elements }) });
    const report = await world.sync();
    assert.equal(runOf(report, 'register').counts['quarantined'], 1);
    assert.equal(nameOf(7), 'Kim Ek');
    assert.equal(users().length, 40);
    const open = () => world.withHub((hub) => hub.control.failures({ limit: 5 }));
    assert.equal((await open()).length, 1);
    await send(smallTown('ber-20260903', numbers(1, 40)));
    await world.sync();
    assert.deepEqual(await open(), []);
  });

  it('the same batch again changes nothing', async () => {
    await send(smallTown('ber-20260901', numbers(1, 40)));
    const report = await world.sync();
    for (const { counts } of report.flows) assert.equal(counts['delivered'], 0);
  });
});
