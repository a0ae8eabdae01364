import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import { speechOf } from '../../dashboard/language.ts';
import { type MailServer, startMailServer } from '../services/smtp.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const SIGNAL = new AbortController().signal;

describe('the schedule', () => {
  let world: World;
  let mail: MailServer;

  beforeEach(async () => {
    world = await World.open();
    mail = await startMailServer('hub', 'a-password');
    world.environment['SMTP_PASSWORD'] = 'a-password';
    const file = join(world.folder, 'config', 'hub.yaml');
    const rules = [
      'sources: { register: { maxAge: 26h } }',
      `mail: { host: 127.0.0.1, port: ${mail.port}, tls: none, user: hub, password: "\${env:SMTP_PASSWORD}", from: hub@skola.example, to: [night@skola.example] }`,
    ];
    await world.configure(`${await readFile(file, 'utf8')}${rules.join('\n')}\n`);
    await world.quicken();
    const flow = join(world.folder, 'flows', 'identity.yaml');
    const text = await readFile(flow, 'utf8');
    await writeFile(flow, text.replace(/^schedule: .*$/m, '$&\ndeadline: "06:00"'));
  });
  afterEach(async () => {
    await world.close();
    await mail.stop();
  });

  const send = (name: string, count: number) =>
    publish(join(world.folder, 'data', 'register'), smallTown(name, numbers(1, count)));
  const at = (time: string) => {
    world.now = Date.parse(`${time}+02:00`);
  };
  /** What a scheduler of this process runs when it looks at the clock. */
  const turn = (hub: Hub) => hub.control.scheduler().turn(SIGNAL);
  const flowsOf = (reports: Awaited<ReturnType<typeof turn>>) =>
    reports.flatMap(({ flows }) => flows.map(({ subject }) => subject));

  it('sends a test mail to those who get the findings, where mail is set up', async () => {
    const to = await world.withHub(({ control }) => control.testMail('Kim'));
    assert.deepEqual(to, ['night@skola.example']);
    assert.match(mail.mails[0] ?? '', /Subject: Skolnav: a test/);
  });

  it('runs each flow at its turn, once', async () => {
    await send('ber-20260901', 5);
    await world.withHub(async (hub) => {
      at('2026-09-01T01:00:00');
      assert.deepEqual(flowsOf(await turn(hub)), [], 'a new workspace begins with the next turn');
      at('2026-09-01T02:20:00');
      assert.deepEqual(flowsOf(await turn(hub)), ['collaboration', 'lms']);
      at('2026-09-01T02:31:00');
      assert.deepEqual(flowsOf(await turn(hub)), ['identity']);
      assert.deepEqual(flowsOf(await turn(hub)), []);
      // A clock that was a year ahead for a while costs no night after it.
      at('2027-09-01T02:20:00');
      assert.deepEqual(flowsOf(await turn(hub)), ['collaboration', 'identity', 'lms']);
      at('2026-09-02T02:20:00');
      assert.deepEqual(flowsOf(await turn(hub)), ['collaboration', 'identity', 'lms']);
      assert.deepEqual(flowsOf(await turn(hub)), []);
      at('2026-09-02T02:31:00');
      assert.deepEqual(flowsOf(await turn(hub)), ['identity']);
    });
    assert.equal(world.identity.directory.of('Users').size, 5);
  });

  it('makes up for once for the turns that were missed while the hub was down', async () => {
    at('2026-09-01T01:00:00');
    await world.withHub(turn);
    await send('ber-20260904', 5);
    at('2026-09-04T11:00:00');
    await world.withHub(async (hub) => {
      const flows = flowsOf(await turn(hub));
      assert.deepEqual(flows.sort(), ['collaboration', 'identity', 'lms']);
      assert.deepEqual(flowsOf(await turn(hub)), []);
    });
  });

  it('runs flows that are due together in one pass, and tries again alone the one that failed', async () => {
    const folder = join(world.folder, 'data', 'collaboration');
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in its place');
    await send('ber-20260901', 5);
    at('2026-09-01T01:00:00');
    await world.withHub(async (hub) => {
      await turn(hub);
      at('2026-09-01T02:50:00');
      const reports = await turn(hub);
      const runs = reports.flatMap(({ flows }) => flows);
      assert.deepEqual(
        runs.map(({ subject, outcome }) => `${subject} ${outcome}`),
        ['collaboration failed', 'identity done', 'lms done'],
      );
      const begun = runs.map(({ startedAt }) => startedAt);
      const ended = runs.map(({ endedAt }) => endedAt ?? 0);
      assert.ok(Math.max(...begun) < Math.min(...ended), 'all are planned before one ends');
      const [first = 0, second = 0] = ended;
      assert.ok((runs[2]?.waitedMs ?? 0) >= second - first, 'it waits while another is delivered');
      assert.deepEqual(flowsOf(await turn(hub)), []);
      await rm(folder);
      await mkdir(folder);
      at('2026-09-01T03:01:00');
      assert.deepEqual(flowsOf(await turn(hub)), ['collaboration']);
      assert.deepEqual(flowsOf(await turn(hub)), []);
    });
  });

  it('has done the turns whose flows had ended when it is stopped, and goes on with the others', async () => {
    await send('ber-20260901', 5);
    at('2026-09-01T01:00:00');
    await world.withHub(async (hub) => {
      await turn(hub);
      const stop = new AbortController();
      const { directory } = world.identity;
      const handle = directory.handle.bind(directory);
      directory.handle = (...asked) => {
        stop.abort();
        return handle(...asked);
      };
      at('2026-09-01T02:50:00');
      await hub.control.scheduler().turn(stop.signal);
      assert.deepEqual(flowsOf(await turn(hub)), ['identity', 'lms']);
    });
  });

  it('tries a turn again after a while when its source could not be reached', async () => {
    at('2026-09-01T01:00:00');
    await world.withHub(turn);
    await world.reconfigure('data/register', 'data/not-there');
    await world.withHub(async (hub) => {
      const scheduler = hub.control.scheduler();
      const look = async (time: string) => {
        at(time);
        return flowsOf(await scheduler.turn(SIGNAL)).length;
      };
      assert.equal(await look('2026-09-01T02:31:00'), 3);
      assert.equal(await look('2026-09-01T02:36:00'), 0, 'not at once');
      assert.equal(await look('2026-09-01T02:42:00'), 3);
    });
  });

  it('mails what a person should know, once, and says when it is over', async () => {
    await send('ber-20260901', 5);
    at('2026-09-01T01:00:00');
    await world.withHub(async (hub) => {
      await turn(hub);
      at('2026-09-01T02:31:00');
      await turn(hub);
      await hub.control.scheduler().watch();
      assert.deepEqual(mail.mails, []);
      // The next night the register is silent, and nobody runs the flows.
      at('2026-09-02T06:01:00');
      await hub.control.scheduler().watch();
      await hub.control.scheduler().watch();
      const [found, ...more] = mail.mails;
      assert.equal(more.length, 0, 'once');
      assert.match(found ?? '', /DEADLINE_MISSED/);
      assert.match(found ?? '', /SOURCE_LATE/);
      assert.match(found ?? '', /register has brought nothing new for 2[78] hours/);
      await send('ber-20260902', 6);
      await turn(hub);
      await hub.control.scheduler().watch();
      assert.match(mail.mails[1] ?? '', /2 resolved, 0 open/);
    });
  });

  it('mails the last day at a glance once a day, whatever has happened, where config says when', async () => {
    await world.reconfigure('mail: {', 'mail: { digest: "06:00",');
    await send('ber-20260901', 5);
    at('2026-09-01T03:00:00');
    await world.sync();
    const watch = () => world.withHub(({ control }) => control.scheduler().watch());
    await watch();
    assert.deepEqual(mail.mails, [], 'it is not due');
    at('2026-09-01T06:01:00');
    for (const _look of [1, 2]) await watch();
    const [found, ...more] = mail.mails;
    assert.equal(more.length, 0, 'once');
    assert.match(found ?? '', /Subject: Skolnav: the day, nothing to see to/);
    assert.match(found ?? '', /intake register: 1 of 1 runs done; \d+ records/);
    assert.match(found ?? '', /flow identity: 1 of 1 runs done; \d+ create/);
    // The command line goes by the clock of the machine: nothing has run in its last day.
    const said = await skolnavIn(world, 'digest');
    assert.match(said.out, /^flow identity +0 of 0.*to see to: skolnav findings$/ms);
    at('2026-09-02T06:01:00');
    await watch();
    assert.match(mail.mails.join('\n'), /flow identity: no run/);
  });

  it('mails in the language that config says', async () => {
    await world.reconfigure('mail: {', 'mail: { digest: "06:00", language: sv,');
    await send('ber-20260901', 5);
    at('2026-09-01T03:00:00');
    await world.sync();
    at('2026-09-03T06:01:00');
    await world.withHub(async ({ control, workspace }) => {
      const speech = speechOf(workspace.config.mail?.language ?? 'en');
      await control.scheduler('all', speech).watch();
      await control.scheduler('all', speech).watch();
    });
    const [found = '', digest = '', ...more] = mail.mails;
    assert.equal(more.length, 0, 'once');
    assert.match(found, /register har inte l=C3=A4mnat n=C3=A5got nytt p=C3=A5 51 timmar/);
    assert.match(found, /att se till: skolnav findings/);
    assert.match(digest, /Subject: Skolnav: dygnet, \d+ att se till/);
    assert.match(digest, /flow identity: ingen k=C3=B6rning/);
  });

  it('mails no personal data, and mails later where the mail server was out', async () => {
    await send('ber-20260901', 5);
    world.identity.directory.of('Users').set('stranger', {
      ...{ id: 'stranger', version: 1, userName: 'p3@skola.example', externalId: 'else' },
    });
    at('2026-09-01T03:00:00');
    await world.sync();
    mail.isFull = true;
    const watch = () => world.withHub(({ control }) => control.scheduler().watch());
    await watch();
    assert.deepEqual(mail.mails, []);
    mail.isFull = false;
    await watch();
    const [text = ''] = mail.mails;
    assert.match(text, /Subject: Skolnav: identity:scim: Two entities claim the same key/);
    assert.match(text, /identity:scim: Two entities claim .*KEY_TAKEN\)/s);
    assert.doesNotMatch(text, /p3@|Kim|Ek\b/);
  });

  it('warns before the deadline, from how long good runs take by themselves', async () => {
    await send('ber-20260901', 5);
    at('2026-09-01T01:00:00');
    await world.withHub(async ({ control, engine }) => {
      await control.scheduler().turn(SIGNAL);
      const startedAt = Date.parse('2026-08-31T02:30:00+02:00');
      await engine.store.runs.put({
        ...{ id: 'an-hour', type: 'flow', subject: 'identity', startedAt, counts: {} },
        // It waited for others in between.
        ...{ endedAt: startedAt + 9_000_000, waitedMs: 5_400_000, outcome: 'done', problem: null },
      });
      await engine.store.runs.put({
        ...{ id: 'waits', type: 'flow', subject: 'identity', counts: {} },
        ...{ startedAt: Date.parse('2026-09-01T02:30:00+02:00'), endedAt: null },
        ...{ outcome: 'running', problem: null },
      });
      const codes = async () => {
        const found = await control.findings();
        return found.map(({ code }) => code).filter((code) => code.startsWith('DEADLINE'));
      };
      at('2026-09-01T04:50:00');
      assert.deepEqual(await codes(), []);
      at('2026-09-01T05:10:00');
      assert.deepEqual(await codes(), ['DEADLINE_AT_RISK']);
      at('2026-09-01T06:00:00');
      assert.deepEqual(await codes(), ['DEADLINE_MISSED']);
    });
  });
});
