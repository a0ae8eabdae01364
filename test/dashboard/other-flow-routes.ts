type Fields = readonly (readonly [string, string])[];

/** What routes are asked for: of the flow `identity`, or of nothing that there is. */
export interface Names {
  readonly message: string;
  readonly ended: string;
  readonly hold: string;
  readonly digest: string;
  readonly flow: string;
  readonly target: string;
  readonly mapping: string;
  readonly override: string;
  readonly person: string;
  readonly group: string;
  readonly object: string;
}

export interface Asked {
  readonly path: string;
  readonly fields?: Fields;
}

/** No id of anything around a flow: the other matrix says who may come. */
export const GLOBAL = 'global';
/** Shows of many things those that somebody sees. */
const narrowed = (path: string) => ({ narrowed: path });

const groupOf = ({ target }: Names): Fields => [
  ['target', target],
  ['type', 'deliver'],
  ['state', 'failed'],
  ['code', 'KEY_TAKEN'],
  ['kind', 'User'],
];
const group = (path: string, ...more: Fields) => {
  return (names: Names) => ({ path, fields: [...groupOf(names), ...more] });
};
const message = (deed: string, ...fields: Fields) => {
  return ({ message: id }: Names) => ({ path: `/message/${id}/${deed}`, fields });
};
const REASON = ['reason', 'as the test wants'] as const;

/** Of every route how it is asked for what is another flow's: a new one without a row fails. */
export const MATRIX: Readonly<
  Record<string, typeof GLOBAL | { readonly narrowed: string } | ((names: Names) => Asked)>
> = {
  'get /healthz': GLOBAL,
  'get /readyz': GLOBAL,
  'get /metrics': GLOBAL,
  'get /sign-in': GLOBAL,
  'post /sign-in': GLOBAL,
  'get /sign-in/provider': GLOBAL,
  'get /sign-in/answer': GLOBAL,
  'get /sign-out/provider': GLOBAL,
  'get /welcome/:secret': GLOBAL,
  'post /welcome/:secret': GLOBAL,
  'post /sign-out': GLOBAL,
  'post /language': GLOBAL,
  'get /live': GLOBAL,
  'get /shortcuts': GLOBAL,
  'get /settings': GLOBAL,
  'post /settings/sign-out-others': GLOBAL,
  'post /settings/invite': GLOBAL,
  'post /settings/rights': GLOBAL,
  'post /settings/sign-out': GLOBAL,
  'post /settings/remove': GLOBAL,
  'get /audit': GLOBAL,
  'get /audit/export': GLOBAL,
  'post /audit/check': GLOBAL,
  'get /person': GLOBAL,
  'get /mapping/trial/:id': GLOBAL,
  'get /': narrowed('/'),
  'get /digest': narrowed('/digest'),
  'get /overrides': narrowed('/overrides'),
  'get /failed': narrowed('/failed'),
  'get /holds': narrowed('/holds'),
  'get /runs': narrowed('/runs'),
  'get /flows': narrowed('/flows'),
  'get /modules': narrowed('/modules'),
  'get /schedule': narrowed('/schedule'),
  'get /person/:id': narrowed('/person/:person'),
  'get /person/:id/day': narrowed('/person/:person/day?day=2026-09-01'),
  'get /group/:id': ({ group: id }) => ({ path: `/group/${id}` }),
  'post /person': narrowed('/person/:person'),
  'get /failed/group': (names) => ({
    path: `/failed/group?${new URLSearchParams(asObject(names))}`,
  }),
  'get /message/:id': ({ message: id }) => ({ path: `/message/${id}` }),
  'get /message/:id/edit': ({ message: id }) => ({ path: `/message/${id}/edit` }),
  'post /message/:id/edit': message('edit'),
  'get /overrides/:id': ({ override }) => ({ path: `/overrides/${override}` }),
  'post /overrides/:id': ({ override }) => ({ path: `/overrides/${override}`, fields: [] }),
  'post /overrides/:id/approve': ({ override }) => ({
    path: `/overrides/${override}/approve`,
    fields: [],
  }),
  'post /overrides/:id/end': ({ override }) => ({
    path: `/overrides/${override}/end`,
    fields: [REASON],
  }),
  'get /mapping/edit': ({ mapping }) => ({
    path: `/mapping/edit?file=${encodeURIComponent(mapping)}`,
  }),
  'post /mapping/edit': ({ mapping }) => ({
    path: '/mapping/edit',
    fields: [
      ['file', mapping],
      ['text', 'x'],
      ['do', 'download'],
    ],
  }),
  'get /holds/:id': ({ hold }) => ({ path: `/holds/${hold}` }),
  'get /holds/:id/changes': ({ hold }) => ({ path: `/holds/${hold}/changes` }),
  'get /flows/:id': ({ flow }) => ({ path: `/flows/${flow}` }),
  'get /modules/:id': ({ flow }) => ({ path: `/modules/${flow}` }),
  'get /mapping': ({ mapping }) => ({ path: `/mapping?file=${encodeURIComponent(mapping)}` }),
  'post /explain': ({ flow }) => ({
    path: '/explain',
    fields: [
      ['flow', flow],
      ['object', '["User","p9"]'],
      ['field', 'userName'],
    ],
  }),
  'post /person/:id/resend': ({ person, flow, object }) => ({
    path: `/person/${person}/resend`,
    fields: [['flow', flow], ['object', object], REASON],
  }),
  'post /failed/group/remark': group('/failed/group/remark', ['owner', 'kim'], ['note', '']),
  'post /failed/group/retry/ask': group('/failed/group/retry/ask', ['do', 'cancel']),
  'post /failed/selected': (names) => ({
    path: '/failed/selected',
    fields: [...groupOf(names), ['do', 'retry'], ['id', names.message], REASON],
  }),
  'post /message/:id/row': message('row', ['from', 'a'], ['to', 'b']),
  'post /message/:id/retry': message('retry'),
  'post /message/:id/discard': message('discard', REASON),
  'post /message/:id/restore': ({ ended }) => ({ path: `/message/${ended}/restore`, fields: [] }),
  'post /failed/group/retry': group('/failed/group/retry', ['until', '9999999999999']),
  'post /failed/group/discard': group(
    '/failed/group/discard',
    ['until', '9999999999999'],
    ['sure', 'yes'],
    REASON,
  ),
  'post /failed/group/restore': group('/failed/group/restore', ['since', '1']),
  'post /holds/:id/decide': ({ hold, digest }) => ({
    path: `/holds/${hold}/decide`,
    fields: [['digest', digest], ['do', 'approve'], REASON],
  }),
  'post /modules/:id/connect': ({ flow }) => ({ path: `/modules/${flow}/connect`, fields: [] }),
  'get /modules/:id/drift': ({ flow }) => ({ path: `/modules/${flow}/drift` }),
  'get /modules/:id/adopt': ({ flow }) => ({ path: `/modules/${flow}/adopt` }),
  'post /modules/:id/drift': ({ flow }) => ({ path: `/modules/${flow}/drift`, fields: [] }),
  'post /modules/:id/adopt': ({ flow }) => ({ path: `/modules/${flow}/adopt`, fields: [] }),
  'post /schedule/pause': ({ flow }) => ({
    path: '/schedule/pause',
    fields: [['flow', flow], REASON],
  }),
  'post /schedule/resume': ({ flow }) => ({ path: '/schedule/resume', fields: [['flow', flow]] }),
  'post /schedule/run': ({ flow }) => ({ path: '/schedule/run', fields: [['flow', flow]] }),
};

const asObject = (names: Names) => Object.fromEntries(groupOf(names));
