import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { SyncRequest } from '../../core/control/control-bus.ts';
import { takeUpMappings } from '../../core/run/shared-mappings.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { somebody, type Visitor } from './visitor.ts';

const TABLE = 'mappings/barn-och-elevregister/tables/sex.csv';

describe('a row that a table lacks', () => {
  let town: Hosted;
  let visitor: Visitor;
  let path: string;

  const sync: SyncRequest = {
    ...{ flow: null, deliver: true, onProgress: () => undefined, patienceMs: 0 },
    signal: new AbortController().signal,
  };

  beforeEach(async () => {
    const world = await World.open();
    town = await hosted(world);
    const register = join(world.folder, 'data', 'register');
    await publish(register, smallTown('ber-20260901', numbers(1, 9)));
    await town.hub.control.sync(sync);
    const gender = `<person recstatus="1"><sourcedid><id>p7</id></sourcedid><name><n>
<family>Nyman</family><given>Kim</given></n></name>
<demographics><gender>X</gender></demographics></person>`;
    const [from, to] = ['2026-09-01T02:00:00+02:00', '2026-09-01T03:00:00+02:00'];
    const delta = { name: 'ber-20260901T0300-delta', datetime: to, window: { from, to } };
    await publish(register, { ...delta, elements: [gender] });
    await town.hub.control.sync(sync);
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
    const [failed] = await town.hub.control.failures({ limit: 1 });
    path = `/message/${failed?.id}`;
  });
  afterEach(() => town.close());

  const send = (from: string, to: string, what: 'try' | 'write') =>
    visitor.send(`${path}/row`, [
      ['from', from],
      ['to', to],
      ['do', what],
    ]);
  const written = () =>
    readFile(join(town.world.folder, TABLE), 'utf8').catch(() => 'no file of its own');

  it('is offered where it would mend a message, to who may act, and tried before it is written', async () => {
    const page = await visitor.read(path);
    assert.match(page, /tables\/sex\.csv.*value="X".*<option value="Okänt">/s);
    const trial = await send('X', 'Okänt', 'try');
    assert.match(await trial.text(), /1 record that is set aside could be read.*Write the row/s);
    assert.equal(await written(), 'no file of its own');
    const guest = await somebody(town.hub, town.dashboard.url, 'robin', ['list']);
    assert.doesNotMatch(await guest.read(path), /sex\.csv<|\/row"/);
  });

  it('is written into the table of the workspace, audited, and the next run goes by it, wherever that is', async () => {
    await town.world.withHub(async (other) => {
      const sent = await send('X', 'Okänt', 'write');
      assert.match(await visitor.read(sent.headers.get('location') ?? ''), /The row is written/);
      await other.control.sync(sync);
    });
    assert.match(await written(), /^from,to\n.+\nX,Okänt\n$/s);
    const [entry] = await town.hub.control.auditTrail(1);
    assert.deepEqual([entry?.who, entry?.subject], ['kim', `${TABLE}: X,Okänt`]);
    assert.deepEqual(await town.hub.control.failures({ limit: 5 }), []);
    assert.match(await visitor.read(path), /cannot be tried again/);
    await town.world.withHub(async ({ engine }) => {
      const read = engine.workspace;
      await takeUpMappings(engine);
      assert.equal(engine.workspace, read, 'who starts afterwards has read it');
    });
  });

  it('is refused with the reason where the workspace would be faulty with it, or it is no row', async () => {
    for (const [from, to] of [
      ['Male', 'Okänt'],
      ['', 'Okänt'],
      ['X', 'Ok\nänt'],
    ] as const) {
      const answer = await send(from, to, 'write');
      assert.equal(answer.status, 422);
      assert.match(await answer.text(), /The row cannot be written/);
    }
    assert.equal(await written(), 'no file of its own');
  });
});
