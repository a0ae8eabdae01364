import assert from 'node:assert/strict';
import type { Right } from '../../core/control/control-bus.ts';
import { type Hub, openHub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { ROUTES } from '../../dashboard/routes.ts';
import type { Dashboard } from '../../dashboard/server.ts';
import { World } from '../e2e/world.ts';
import { openFor, somebody, Visitor } from './visitor.ts';

/** Every address, and who may come: a new one without a row here fails. */
const MATRIX: Readonly<Record<string, readonly Role[] | 'anyone'>> = {
  'get /healthz': 'anyone',
  'get /readyz': 'anyone',
  'get /metrics': 'anyone',
  'get /sign-in': 'anyone',
  'post /sign-in': 'anyone',
  'get /sign-in/provider': 'anyone',
  'get /sign-in/answer': 'anyone',
  'get /sign-out/provider': 'anyone',
  'get /welcome/:secret': 'anyone',
  'post /welcome/:secret': 'anyone',
  'post /sign-out': 'anyone',
  'post /language': 'anyone',
  'get /': ['list', 'contents', 'act'],
  'get /digest': ['list', 'contents', 'act'],
  'get /live': ['list', 'contents', 'act'],
  'get /failed': ['list', 'contents', 'act'],
  'get /failed/group': ['list', 'contents', 'act'],
  'post /failed/group/retry': ['act'],
  'post /failed/group/retry/ask': ['act'],
  'post /failed/group/discard': ['act'],
  'post /failed/selected': ['act'],
  'get /message/:id': ['list', 'contents', 'act'],
  'post /message/:id/retry': ['act'],
  'post /message/:id/discard': ['act'],
  'post /message/:id/row': ['act'],
  'post /message/:id/restore': ['act'],
  'get /message/:id/edit': ['act'],
  'post /message/:id/edit': ['act'],
  'get /overrides': ['list', 'contents', 'act'],
  'get /overrides/:id': ['act'],
  'post /overrides/:id': ['act'],
  'post /overrides/:id/approve': ['act'],
  'post /overrides/:id/end': ['act'],
  'post /failed/group/remark': ['act'],
  'post /failed/group/restore': ['act'],
  'get /holds': ['list', 'contents', 'act'],
  'get /holds/:id': ['list', 'contents', 'act'],
  'get /holds/:id/changes': ['list', 'contents', 'act'],
  'post /holds/:id/decide': ['act'],
  'get /person': ['contents'],
  'post /person': ['contents'],
  'get /person/:id': ['contents'],
  'get /person/:id/day': ['contents'],
  'get /group/:id': ['contents'],
  'post /explain': ['contents'],
  'post /person/:id/resend': ['act'],
  'get /runs': ['list', 'contents', 'act'],
  'get /flows': ['list', 'contents', 'act'],
  'get /flows/:id': ['list', 'contents', 'act'],
  'get /mapping': ['list', 'contents', 'act'],
  'get /mapping/edit': ['contents'],
  'post /mapping/edit': ['contents'],
  'get /mapping/trial/:id': ['contents'],
  'get /modules': ['list', 'contents', 'act'],
  'get /modules/:id': ['list', 'contents', 'act'],
  'post /modules/:id/connect': ['act'],
  'get /modules/:id/drift': ['act'],
  'post /modules/:id/drift': ['act'],
  'get /modules/:id/adopt': ['act'],
  'post /modules/:id/adopt': ['act'],
  'get /schedule': ['list', 'contents', 'act'],
  'post /schedule/run': ['act'],
  'post /schedule/pause': ['act'],
  'post /schedule/resume': ['act'],
  'get /audit': ['protected'],
  'get /audit/export': ['protected'],
  'post /audit/check': ['protected'],
  'get /shortcuts': ['none', 'list', 'contents', 'protected', 'act', 'administer'],
  'get /settings': ['none', 'list', 'contents', 'protected', 'act', 'administer'],
  'post /settings/sign-out-others': ['none', 'list', 'contents', 'protected', 'act', 'administer'],
  'post /settings/invite': ['administer'],
  'post /settings/rights': ['administer'],
  'post /settings/sign-out': ['administer'],
  'post /settings/remove': ['administer'],
};

type Role = 'nobody' | 'none' | 'list' | 'contents' | 'protected' | 'act' | 'administer';
const ROLES: Readonly<Record<Exclude<Role, 'nobody'>, readonly Right[]>> = {
  none: [],
  list: ['list'],
  contents: ['list', 'contents'],
  protected: ['protected'],
  act: ['list', 'act'],
  administer: ['administer'],
};

const nameOf = ({ method, path }: (typeof ROUTES)[number]) => `${method} ${path}`;

describe('the authorisation matrix', () => {
  let world: World;
  let hub: Hub;
  let dashboard: Dashboard;
  const visitors = new Map<string, Visitor>();

  before(async () => {
    world = await World.open();
    const { folder, environment } = world;
    hub = await openHub({ folder, environment, log: silentLog });
    dashboard = await openFor(hub);
    visitors.set('nobody', new Visitor(dashboard.url));
    for (const [role, rights] of Object.entries(ROLES)) {
      visitors.set(role, await somebody(hub, dashboard.url, role, rights));
    }
  });
  after(async () => {
    await dashboard.stop();
    await hub.close();
    await world.close();
  });

  it('has a row for every route, and no other', () => {
    assert.deepEqual(ROUTES.map(nameOf).sort(), Object.keys(MATRIX).sort());
  });

  for (const route of ROUTES) {
    const name = nameOf(route);
    const path = route.path.replace(':secret', 'x').replace(':id', 'x');
    it(`lets those in who may ${name}, and refuses all others`, async () => {
      for (const [role, visitor] of visitors) {
        if (route.path === '/sign-out' && role !== 'nobody') continue;
        const stop = new AbortController();
        const { signal } = stop;
        const answer =
          route.method === 'get'
            ? await visitor.ask(path, { signal })
            : await visitor.send(path, []);
        const told = `${role} ${answer.status}`;
        const isSentAway = answer.headers.get('location') === '/sign-in';
        const row = MATRIX[name] ?? [];
        if (row === 'anyone') {
          if (route.path !== '/sign-in') assert.notEqual(answer.status, 403, told);
        } else if (role === 'nobody') assert.ok(answer.status === 303 && isSentAway, told);
        else if (!row.some((one) => one === role)) assert.equal(answer.status, 403, told);
        else assert.ok(answer.status !== 403 && !isSentAway && answer.status < 500, told);
        stop.abort();
      }
    });
  }

  it('refuses every form without its token, whoever sends it', async () => {
    for (const route of ROUTES.filter(({ method }) => method === 'post')) {
      for (const [role, visitor] of visitors) {
        const path = route.path.replace(/:\w+/, 'x');
        assert.equal((await visitor.post(path, [])).status, 403, `${role} ${path}`);
      }
    }
  });
});
