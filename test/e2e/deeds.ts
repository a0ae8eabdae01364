import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Access, ControlBus } from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';

export const WHO = 'Kim';
export const TAKEN = ['ash1', 'ash2', 'ash3', 'ash4', 'ash5'];
const SIGNAL = new AbortController().signal;
const COMMON = { who: WHO, onProgress: () => undefined, signal: SIGNAL };
const PLAN = { flow: 'identity', details: 5, reveal: true, ...COMMON };
const GROUP = { target: 'identity:scim', code: 'KEY_TAKEN' };

/** What a person does or looks at through a method, as the trail calls it. */
export type Deed = readonly [action: string, does: (hub: Hub) => Promise<unknown>];

/** Methods that change nothing and show no person: counts, ids of messages, names of modules. */
const LOOKS = 'looks';
/** The clock's hand: nobody does it, and its runs are kept as runs. */
const CLOCK = 'clock';

const firstFailure = async ({ control }: Hub) => {
  const [first] = await control.failures({ code: 'KEY_TAKEN', limit: 1 });
  assert.ok(first !== undefined);
  return first;
};
const openHold = async ({ control }: Hub) => {
  const [hold] = await control.holds('open');
  assert.ok(hold !== undefined);
  return hold;
};
const DECISION = { approve: true, who: WHO, reason: 'it is so', units: null };

/** Every method of the control bus, and what its use leaves in the trail. */
export const METHODS: {
  readonly [name in keyof ControlBus]: Deed | typeof LOOKS | typeof CLOCK | 'own';
} = {
  plan: ['plan --reveal', ({ control }) => control.plan(PLAN)],
  whatIf: ['plan --reveal', (hub) => hub.control.whatIf(hub.workspace.folder, PLAN)],
  heldChanges: [
    'plan --reveal',
    async (hub) => hub.control.heldChanges((await openHold(hub)).id, PLAN),
  ],
  findPersons: ['find person', ({ control }) => control.findPersons('register:ash7', WHO, 'x')],
  trace: ['trace', async (hub) => hub.control.trace((await firstFailure(hub)).origin, WHO)],
  past: [
    'trace past',
    async (hub) => hub.control.past((await firstFailure(hub)).origin, '2026-08-31', WHO),
  ],
  members: ['show group', ({ control }) => control.members('x', undefined, WHO)],
  objectStory: [
    'show object',
    async (hub) => hub.control.objectStory(await firstFailure(hub), WHO),
  ],
  explain: [
    'explain',
    ({ control }) =>
      control.explain({ flow: 'identity', objectKind: 'User', key: 'x', field: 'y' }, WHO),
  ],
  drift: ['drift', ({ control }) => control.drift({ flow: 'identity', repair: false, ...COMMON })],
  adopt: [
    'adoption shown',
    ({ control }) =>
      control.adopt({ flow: 'identity', apply: false, choose: new Map(), ...COMMON }),
  ],
  retry: ['failed retry', async (hub) => hub.control.retry([(await firstFailure(hub)).id], WHO)],
  retryNow: [
    'failed retry',
    async (hub) => hub.control.retryNow({ ...(await firstFailure(hub)), ...COMMON }),
  ],
  retryGroup: ['failed retry', ({ control }) => control.retryGroup({ ...GROUP, ...COMMON })],
  resend: ['resend', (hub) => hub.control.resend(deliveredOne(hub))],
  restore: [
    'failed restore',
    async (hub) => {
      const { id } = await firstFailure(hub);
      await hub.control.discard([id], WHO, 'by mistake');
      return hub.control.restore([id], WHO);
    },
  ],
  restoreGroup: [
    'failed restore',
    async (hub) => {
      await hub.control.discard([(await firstFailure(hub)).id], WHO, 'by mistake');
      return hub.control.restoreGroup({ ...GROUP, objectKind: 'User', since: 0, who: WHO });
    },
  ],
  discard: [
    'failed discard',
    async (hub) => hub.control.discard([(await firstFailure(hub)).id], WHO, 'left'),
  ],
  discardGroup: [
    'failed discard',
    ({ control }) => control.discardGroup({ ...GROUP, who: WHO, reason: 'left' }),
  ],
  putRemark: [
    'failed remark',
    ({ control }) =>
      control.putRemark({ ...GROUP, objectKind: 'User' }, { owner: WHO, note: '', who: WHO }),
  ],
  editable: ['show object', (hub) => hub.control.editable(deliveredOne(hub), WHO)],
  setOverride: ['override set', (hub) => overridden(hub, WHO)],
  approveOverride: [
    'override approved',
    async (hub) => {
      const [one] = await overridden(hub, 'Robin');
      return hub.control.approveOverride(one?.id ?? '', WHO);
    },
  ],
  endOverride: [
    'override ended',
    async (hub) => {
      const [one] = await overridden(hub, 'Robin');
      return hub.control.endOverride(one?.id ?? '', WHO, 'a test');
    },
  ],
  tryOverride: LOOKS,
  overrides: LOOKS,
  resumeRetry: 'own',
  askRetry: 'own',
  addRow: 'own',
  decideHolds: [
    'hold approved',
    async (hub) => hub.control.decideHolds([(await openHold(hub)).id], DECISION),
  ],
  backup: ['backup', (hub) => hub.control.backup(join(hub.workspace.folder, 'copy.db'), WHO)],
  testMail: ['test mail', ({ control }) => control.testMail(WHO)],
  purge: ['purge', ({ control }) => control.purge(WHO)],
  sync: [
    'sync',
    ({ control }) => control.sync({ flow: 'lms', deliver: false, patienceMs: 0, ...COMMON }),
  ],
  tableGap: LOOKS,
  tryRow: LOOKS,
  storiesOf: LOOKS,
  impacts: LOOKS,
  override: LOOKS,
  classesOf: LOOKS,
  retryOf: LOOKS,
  driftOf: LOOKS,
  adoptionOf: LOOKS,
  ending: LOOKS,
  pause: [
    'pause',
    ({ control }) => control.pause({ flow: 'lms', who: WHO, reason: 'the vendor asks' }),
  ],
  resume: ['resume', ({ control }) => control.resume({ flow: 'lms', who: WHO, reason: '' })],
  auditExport: [
    'export audit',
    async ({ control }) => {
      for await (const _page of control.auditExport(WHO));
    },
  ],
  wiring: LOOKS,
  mapping: LOOKS,
  mappingText: LOOKS,
  checkMapping: LOOKS,
  tryMapping: [
    'plan --reveal',
    async ({ control }) => {
      const file = 'mappings/scim/user.yaml';
      const text = (await control.mappingText(file)) ?? '';
      return control.tryMapping({ file, text, reveal: true, ...COMMON });
    },
  ],
  modules: LOOKS,
  module: LOOKS,
  timetable: LOOKS,
  checkAudit: LOOKS,
  ahead: LOOKS,
  overview: LOOKS,
  underWay: LOOKS,
  workers: LOOKS,
  queues: LOOKS,
  unreached: LOOKS,
  runs: LOOKS,
  failureGroups: LOOKS,
  failurePage: LOOKS,
  partsOf: LOOKS,
  waitingFor: LOOKS,
  blockages: LOOKS,
  causeOf: LOOKS,
  failures: LOOKS,
  failure: LOOKS,
  holds: LOOKS,
  holdBackground: LOOKS,
  identityHolds: LOOKS,
  uses: LOOKS,
  connect: LOOKS,
  findings: LOOKS,
  digest: LOOKS,
  auditTrail: LOOKS,
  serve: CLOCK,
  scheduler: CLOCK,
  access: 'own',
  as: 'own',
  may: LOOKS,
  opens: 'own',
  hold: LOOKS,
};

const ACCOUNT = { name: WHO, rights: ['list'] } as const;
const PASSWORD = 'a long sentence of the test';
const signedIn = async ({ control: { access } }: Hub) => {
  await access.accept(await access.invite(ACCOUNT, WHO), PASSWORD);
  return (await access.signIn(WHO, PASSWORD)) ?? '';
};

/** The same of accounts and sessions. */
export const ACCESS: { readonly [name in keyof Access]: Deed | typeof LOOKS | 'own' } = {
  invite: ['invite', ({ control: { access } }) => access.invite(ACCOUNT, WHO)],
  firstInvitation: ['invite', ({ control: { access } }) => access.firstInvitation()],
  accept: [
    'set password',
    async ({ control: { access } }) => access.accept(await access.invite(ACCOUNT, WHO), PASSWORD),
  ],
  remove: ['remove account', ({ control: { access } }) => access.remove(WHO, WHO)],
  signIn: ['sign in', signedIn],
  signOut: ['sign out', async (hub) => hub.control.access.signOut(await signedIn(hub))],
  setRights: [
    'set rights',
    async (hub) => {
      await signedIn(hub);
      return hub.control.access.setRights({ name: WHO, rights: ['list', 'contents'] }, WHO);
    },
  ],
  endSessions: [
    'end sessions',
    async (hub) => {
      await signedIn(hub);
      return hub.control.access.endSessions(WHO, WHO, null);
    },
  ],
  beginAtProvider: LOOKS,
  endAtProvider: LOOKS,
  signInFromProvider: 'own',
  waysIn: LOOKS,
  flows: LOOKS,
  sessions: LOOKS,
  accounts: LOOKS,
  invited: LOOKS,
  session: LOOKS,
};

/** Somebody whose school has lost nobody. */
function deliveredOne({ engine }: Hub) {
  const key = engine.identity.idOf('register', 'person', 'pine1');
  return {
    ...{ flow: 'identity', target: 'identity', objectKind: 'User', key },
    ...{ who: WHO, reason: 'lost there' },
  };
}

let overrides = 0;

/** A value in the place of the mapping's, another one each time. */
async function overridden(hub: Hub, who: string) {
  const { target, objectKind, key, reason } = deliveredOne(hub);
  overrides += 1;
  const values = new Map([['displayName', `Name ${overrides}`]]);
  const request = { target, objectKind, key, values, until: '2026-09-30', reason, who };
  return hub.control.setOverride({ ...request, mayContents: true });
}
