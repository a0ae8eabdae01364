import assert from 'node:assert/strict';
import type { Hold } from '../../core/control/control-bus.ts';
import { ROUTES } from '../../dashboard/routes.ts';
import { type Hosted, someGroup, withTakenNames } from './hosted.ts';
import { type Asked, GLOBAL, MATRIX, type Names } from './other-flow-routes.ts';
import { somebody, type Visitor } from './visitor.ts';

const NOTHING: Names = {
  ...{ message: 'x', ended: 'x', hold: 'x', digest: 'd', flow: 'nothing' },
  ...{ target: 'nothing:scim', mapping: 'mappings/none.yaml', override: 'x' },
  ...{ person: 'x', group: 'x', object: '["User","x"]' },
};
const PROBLEM = { code: 'GUARD_LIMIT', text: 'too much', hint: 'look', place: null };
const HOLD: Hold = {
  ...{ id: 'h1', subject: 'flow identity', run: 'run-1', reasons: [PROBLEM], digest: 'd' },
  ...{ counts: { delete: 24 }, needs: 2, state: 'open', createdAt: 1, decidedAt: null },
  ...{ parts: [], approvals: [], rejections: [], decidedBy: null, reason: null, version: 0 },
};
/** No table would mend it, and the members of a group are shown to who sees all flows alone. */
const NOT_HERE = [
  ...['post /message/:id/row', 'post /explain', 'post /failed/group/retry/ask'],
  ...['post /overrides/:id/approve', 'post /mapping/edit', 'get /group/:id'],
];
/** Forms that only show something. */
const NOT_NOTED = ['post /explain', 'post /mapping/edit'];

describe("what is another flow's", () => {
  let town: Hosted;
  let own: Visitor;
  let reader: Visitor;
  let other: Visitor;
  let names: Names;
  let person: string;

  before(async () => {
    town = await withTakenNames(12, 7);
    const { hub, dashboard } = town;
    const of = (flow: string) => [`list:${flow}`, `contents:${flow}`, `act:${flow}`] as const;
    own = await somebody(hub, dashboard.url, 'own', of('identity'));
    reader = await somebody(hub, dashboard.url, 'reader', [
      ...of('lms'),
      'list:identity',
      'contents:identity',
    ]);
    other = await somebody(hub, dashboard.url, 'other', of('lms'));
    const [first, second] = await hub.control.failures({ code: 'KEY_TAKEN', limit: 2 });
    assert.ok(first !== undefined && second !== undefined);
    await hub.control.discard([second.id], 'test', 'to be undone');
    await hub.engine.store.runs.putHold(HOLD);
    const mapping = hub.control.wiring().mappings.find(({ module }) => module === 'identity');
    person = first.origin.id;
    const { target, objectKind, key } = first;
    const values = new Map([['displayName', 'Kim Alm']]);
    const until = new Date(town.world.now + 7 * 86_400_000).toISOString().slice(0, 10);
    const set = { target, objectKind, key, values, until, reason: 'a test', who: 'test' };
    const [override] = await hub.control.setOverride({ ...set, mayContents: true });
    names = {
      ...{ message: first.id, ended: second.id, hold: HOLD.id, digest: HOLD.digest },
      ...{ flow: 'identity', target: 'identity:scim', mapping: mapping?.file ?? '' },
      override: override?.id ?? '',
      ...(await delivered()),
      group: await someGroup(town),
    };
  });
  after(() => town.close());

  /** Somebody whom the flow has delivered, and the object. */
  async function delivered(): Promise<Pick<Names, 'person' | 'object'>> {
    const { ledger } = town.hub.engine.store;
    for await (const [row] of ledger.scan('identity:scim', 'User', 'person')) {
      if (row === undefined) continue;
      return { person: row.ref.origin.id, object: JSON.stringify(['User', row.ref.key]) };
    }
    return { person: '', object: '' };
  }
  const asked = (visitor: Visitor, { path, fields }: Asked) =>
    fields === undefined ? visitor.ask(path) : visitor.send(path, fields);
  const told = async (visitor: Visitor, request: Asked) => {
    const answer = await asked(visitor, request);
    const text = await answer.text();
    return { status: answer.status, to: answer.headers.get('location'), text };
  };
  const mainOf = (page: string) => page.slice(page.indexOf('<main'));
  const state = async () => {
    const { control } = town.hub;
    const failures = await control.failures({ limit: 100 });
    const paused = (await control.timetable()).map(({ pause }) => pause);
    const stories = await control.storiesOf(await control.failureGroups());
    const remarks = stories.map(({ remark }) => remark);
    return JSON.stringify([failures, paused, remarks, await control.holds()]);
  };
  const refused = (who: string) => async () => {
    const rows = await town.hub.control.auditTrail(1000, { action: 'refused' });
    return rows.filter((one) => one.who === who).length;
  };

  it('has a row for every route, and no other', () => {
    const routes = ROUTES.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(routes.sort(), Object.keys(MATRIX).sort());
  });

  for (const [route, row] of Object.entries(MATRIX)) {
    if (row === GLOBAL) continue;
    const isDeed = route.startsWith('post ');
    if (typeof row !== 'function') {
      it(`is left out of ${route}`, async () => {
        const path = row.narrowed.replace(':person', person);
        assert.match(mainOf(await own.read(path)), /identity/);
        assert.doesNotMatch(mainOf(await other.read(path)), /identity/);
      });
      continue;
    }
    it(`is not there for ${route}, and nothing comes of it`, async () => {
      const before = await state();
      const count = await refused('other')();
      const found = await told(other, row(names));
      const nothing = await told(other, row(NOTHING));
      assert.deepEqual([found.status, found.to], [nothing.status, nothing.to]);
      assert.doesNotMatch(mainOf(found.text), /KEY_TAKEN|24|scim/);
      assert.equal(await state(), before);
      if (isDeed && !NOT_NOTED.includes(route)) assert.ok((await refused('other')()) > count);
    });
    if (isDeed && !NOT_HERE.includes(route)) {
      it(`is refused by ${route} to whoever only sees it`, async () => {
        const before = await state();
        const count = await refused('reader')();
        assert.equal((await asked(reader, row(names))).status, 403);
        assert.equal(await state(), before);
        assert.ok((await refused('reader')()) > count);
      });
    }
  }

  it('shows its buttons grey, with the reason', async () => {
    const pages = ['/schedule', `/modules/${names.flow}`, `/holds/${names.hold}`];
    for (const path of pages) {
      const page = await reader.read(path);
      assert.match(page, /aria-disabled="true"\saria-describedby="why-not"/, path);
      assert.equal(page.split('id="why-not"').length, 2, path);
      assert.doesNotMatch(page, new RegExp(`action="/(modules|holds)/${names.flow}`), path);
    }
    assert.doesNotMatch(await own.read(`/modules/${names.flow}`), /aria-disabled/);
  });

  for (const [route, row] of Object.entries(MATRIX)) {
    if (typeof row !== 'function' || NOT_HERE.includes(route)) continue;
    it(`is there for ${route} with rights of its own`, async () => {
      const [{ status, to }, nothing] = [
        await told(own, row(names)),
        await told(own, row(NOTHING)),
      ];
      assert.ok(status < 400, `${status}`);
      assert.notDeepEqual([status, to], [nothing.status, nothing.to]);
    });
  }

  it('is of no account that looks after accounts alone', async () => {
    const { hub, dashboard } = town;
    const admin = await somebody(hub, dashboard.url, 'admin', ['administer']);
    const fields = [
      ['name', 'other'],
      ['right', 'list:identity'],
      ['right', 'act:nothing'],
    ] as const;
    assert.match(await admin.read('/settings'), /name="right" value="act:identity"/);
    await admin.send('/settings/rights', fields);
    const rightsOf = async () =>
      (await hub.control.access.accounts()).find(({ name }) => name === 'other')?.rights;
    assert.deepEqual(await rightsOf(), [], 'a flow that is not there');
    await admin.send('/settings/rights', fields.slice(0, 2));
    assert.deepEqual(await rightsOf(), ['list:identity']);
    assert.equal((await other.ask(`/flows/identity`)).status, 200);
    assert.equal((await other.ask(`/flows/lms`)).status, 404);
    assert.equal((await admin.ask('/flows')).status, 403);
  });
});
