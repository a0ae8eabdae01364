import assert from 'node:assert/strict';
import { RIGHTS } from '../../core/control/control-bus.ts';
import { Crew, until } from '../cluster/crew.ts';
import type { World } from '../e2e/world.ts';
import {
  freeNames,
  TAKEN_GROUP as GROUP,
  takenGroupAt as path,
  takenGroupFields,
  takenWorld,
} from './hosted.ts';
import { PASSWORD, Visitor } from './visitor.ts';

const TAKEN = 8;

describe('a hub that is killed while it tries the first of a group', function () {
  this.timeout(60_000);
  let world: World;
  let crew: Crew;
  /** The account names that the portal was asked to make, in their order. */
  const asked: string[] = [];
  const killed = Promise.withResolvers<void>();

  before(async () => {
    world = await takenWorld(TAKEN, TAKEN);
    await world.withHub(async ({ control: { access } }) => {
      await access.accept(await access.invite({ name: 'kim', rights: RIGHTS }, 'test'), PASSWORD);
    });
    crew = new Crew(world);
    const { directory } = world.identity;
    const handle = directory.handle.bind(directory);
    // The account is there, and whoever asked for it is killed before there is an answer.
    directory.handle = (method, url, body, ifMatch) => {
      const answer = handle(method, url, body, ifMatch);
      if (method !== 'POST' || !url.pathname.endsWith('/Users')) return answer;
      asked.push(String(Object(body).userName));
      if (asked.length === 1) killed.resolve(crew.kill());
      return answer;
    };
  });
  after(async () => {
    await crew?.kill();
    await world?.close();
  });

  /** The real command line serves the workspace in a process of its own; kim has signed in. */
  async function serve(): Promise<Visitor> {
    const before = crew.said.length;
    crew.start('all');
    const url = await until('the dashboard is there', async () => {
      assert.deepEqual(crew.failed, [], crew.said);
      return /Dashboard: (\S+)/.exec(crew.said.slice(before))?.[1] ?? null;
    });
    const visitor = new Visitor(url);
    await visitor.signIn('kim');
    return visitor;
  }

  it('shows when it is started again how far it was, goes on when asked, and makes nobody twice', async () => {
    const first = await serve();
    freeNames({ world }, TAKEN);
    await first.send('/failed/group/retry', takenGroupFields(world.now));
    await killed.promise;
    assert.equal(world.accounts().length, 1);

    const second = await serve();
    const page = await second.read(path());
    assert.match(page, /The retry is paused\. Stage 1 of 3\. 0 of 8 were tried, 0 mended/);
    assert.equal(asked.length, 1, 'it goes on when a person says so');
    const form = [...Object.entries(GROUP), ['do', 'resume']] as [string, string][];
    await second.send('/failed/group/retry/ask', form);
    const ended = await until('the retry has ended', async () => {
      const now = await second.read(path());
      return now.includes('A retry is under way') ? null : now;
    });
    assert.match(ended, /8 of 8 were tried, 8 mended/);
    assert.equal(new Set(asked).size, TAKEN);
    assert.equal(asked.length, TAKEN, 'the portal was asked for each account once');
    const held = world.accounts().map(({ userName }) => String(userName));
    assert.deepEqual(held.sort(), [...asked].sort());
  });
});
