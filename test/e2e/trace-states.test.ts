import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { answerOf } from '../../scripts/terminal/trace-answer.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';
import { World } from './world.ts';

const BOTH = ['2026-08-18'] as const;
const TOWN: Town = {
  persons: { anna: { given: 'Anna' }, bo: { given: 'Bo' } },
  enrolments: [{ person: 'anna' }, { person: 'bo' }],
  classes: { '7a': { members: { anna: BOTH, bo: BOTH } } },
};
const WITHOUT = { ...TOWN, classes: { '7a': { members: { bo: BOTH } } } };
const LEFT: Town = {
  ...WITHOUT,
  enrolments: [{ person: 'anna', begin: '2026-01-01', end: '2026-02-01' }, { person: 'bo' }],
};
const GONE: Town = { ...WITHOUT, persons: { bo: {} }, enrolments: [{ person: 'bo' }] };
const RULE = /flows\/identity\.yaml:\d+ where: /.source;
const WORD = { who: 'Kim', reason: 'so' };

/** One life, from before the first delivery to after the last: each state with its first line. */
describe('the first line of a trace, state after state', () => {
  let world: World;
  let id = '';
  let failure = '';
  before(async () => {
    world = await World.open();
    await world.quicken();
    const flow = join(world.folder, 'flows', 'identity.yaml');
    const text = await readFile(flow, 'utf8');
    await writeFile(flow, text.replace(/grace: \w+/, 'grace: 30d'));
    assert.match(await readFile(flow, 'utf8'), /grace: 30d/);
  });
  after(() => world.close());

  const secret = (value: string) => {
    world.environment['SECRET'] = value;
  };
  const users = () => world.identity.directory.of('Users');

  async function night(day: string, town: Town | null, deliver = true): Promise<void> {
    if (town !== null) await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    const signal = new AbortController().signal;
    const quiet = { flow: 'identity', onProgress: () => undefined, signal, patienceMs: 2000 };
    await world.withHub(({ control }) => control.sync({ ...quiet, deliver }));
  }

  const STATES: readonly (readonly [state: string, come: () => Promise<void>, line: string])[] = [
    [
      'wanted, before the first delivery',
      () => night('2026-09-01', TOWN, false),
      'Not in identity: User is delivered with the next run$',
    ],
    [
      'wanted, and a secret is missing',
      async () => {
        const own = world.environment['SECRET'] ?? '';
        secret('');
        await night('2026-09-01', null);
        secret(own);
      },
      'Not in identity: User is delivered with the next run: SECRET_MISSING ',
    ],
    [
      'failed',
      async () => {
        const taken = { userName: 'anna@skola.example', externalId: 'else' };
        users().set('x', { id: 'x', version: 1, ...taken });
        await night('2026-09-02', null);
        const [one] = await world.withHub(({ control }) => control.failures({ limit: 1 }));
        failure = one?.id ?? '';
      },
      'Not in identity: User failed at attempt \\d: KEY_TAKEN ',
    ],
    [
      'discarded, which keeps it off the list until the next night',
      async () => {
        await world.withHub(({ control }) => control.discard([failure], WORD.who, WORD.reason));
      },
      'Not in identity: User is delivered with the next run$',
    ],
    [
      'delivered',
      async () => {
        users().delete('x');
        await night('2026-09-03', null);
      },
      'In identity: User delivered 2026-09-03 03:00:\\d\\d, run \\S+$',
    ],
    [
      'overridden, and not told yet',
      async () => {
        const about = { target: 'identity', objectKind: 'User', key: id, until: '2026-09-20' };
        const values = new Map([['displayName', 'Ann']]);
        await world.withHub(({ control }) =>
          control.setOverride({ ...about, ...WORD, values, mayContents: true }),
        );
      },
      'In identity: User is delivered with the next run$',
    ],
    [
      'overridden',
      () => night('2026-09-04', null),
      'In identity: User delivered 2026-09-04 03:00:\\d\\d, run \\S+$',
    ],
    [
      'left, and not told yet',
      () => night('2026-09-05', LEFT, false),
      `To be removed from identity: ${RULE}`,
    ],
    [
      'shut, as long as its grace lasts',
      () => night('2026-09-06', null),
      `Shut in identity: User was shut 2026-09-06 03:00:\\d\\d, and is deleted after its grace: ${RULE}`,
    ],
    ['deleted', () => night('2026-10-10', null), `Not in identity: ${RULE}`],
    [
      'back',
      () => night('2026-10-11', TOWN),
      'In identity: User delivered 2026-10-11 03:00:\\d\\d, run \\S+$',
    ],
    [
      'gone from every source, as long as its grace lasts',
      () => night('2026-10-12', GONE),
      'Shut in identity: User was shut 2026-10-12 .*: .*no source speaks of this one any more',
    ],
  ];

  for (const [state, come, line] of STATES) {
    it(`says whether she is there, and why: ${state}`, async () => {
      await come();
      await world.withHub(async ({ control }) => {
        const word = id === '' ? 'register:anna' : id;
        const [person, ...others] = await control.findPersons(word, 'Kim', '');
        assert.deepEqual(others, []);
        id = person?.id ?? '';
        const { targets } = await control.trace({ kind: 'person', id }, 'Kim');
        const told = targets.find(({ flow }) => flow === 'identity');
        assert.ok(told !== undefined);
        assert.match(answerOf(told, 'Europe/Stockholm'), new RegExp(`^${line}`));
      });
    });
  }

  it('finds nobody once no target holds anything of her', async () => {
    await night('2026-11-20', null);
    const { code, out } = await skolnavIn(world, 'trace', id);
    assert.deepEqual([code, /^nobody answers to that/.test(out)], [2, true]);
  });
});
