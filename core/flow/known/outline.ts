import { supplementNames } from '../../mapping/siblings.ts';
import { type UniqueRule, uniqueRules } from '../../schema/annotation/unique.ts';
import type { CanonicalSchema } from '../../schema/canonical.ts';
import type { Flow } from '../compiled.ts';
import { targetName } from '../target.ts';
import type { Workspace } from '../workspace.ts';

/**
 * What a workspace's files say to whoever only looks at what the hub remembers. Plain JSON, without
 * a secret or a person: it is kept, so that a look need not read and compile the files again.
 */
export interface Outline {
  readonly timeZone: string;
  /** How long the sources may be silent of which the configuration says something. */
  readonly sources: readonly SourceOutline[];
  readonly flows: readonly FlowOutline[];
  /** `<module>/<stream>/<kind>`, with the mapping's mark, of what only adds to entities. */
  readonly supplements: readonly string[];
  /** Kinds that a module makes by mappings which do not say whose ids they read. */
  readonly unsaid: readonly { readonly module: string; readonly kind: string }[];
  readonly kinds: readonly KindOutline[];
}

export interface SourceOutline {
  readonly module: string;
  /** Null: the usual. */
  readonly maxAgeMs: number | null;
}

/** Of a flow, which sources and target it has, and when it is to run. */
export interface FlowOutline
  extends Pick<Flow, 'name' | 'from' | 'to' | 'schedule' | 'deadline' | 'protectedPersons'> {
  /** Name of the target. */
  readonly target: string;
  /** Kinds of the objects that it takes. */
  readonly objectKinds: readonly string[];
}

/** Of an entity kind, what no two of them may share, and by what they refer to one another. */
export interface KindOutline {
  readonly kind: string;
  readonly unique: readonly UniqueRule[];
  readonly selfReferences: readonly (readonly string[])[];
}

/** Made once: whoever reads mappings anew has another workspace. */
const OUTLINES = new WeakMap<object, Outline>();

type Outlined = Pick<Workspace, 'config' | 'flows' | 'inbound' | 'canonical' | 'sinkOf'>;

export function outlineOf(workspace: Outlined): Outline {
  const known = OUTLINES.get(workspace);
  if (known !== undefined) return known;
  const { config, flows, inbound, canonical, sinkOf } = workspace;
  const outline: Outline = {
    timeZone: config.timeZone,
    sources: [...config.sources].map(([module, { maxAgeMs }]) => ({ module, maxAgeMs })),
    flows: flows.map(({ name, from, to, schedule, deadline, protectedPersons }) => {
      const target = targetName(to, config.modules.get(to)?.connector ?? '');
      const objectKinds = sinkOf(to)?.objects.map(({ kind }) => kind) ?? [];
      const when = { schedule, deadline };
      return { name, from, to, ...when, protectedPersons, target, objectKinds };
    }),
    supplements: [...supplementNames(inbound)],
    unsaid: unsaidIn(inbound),
    kinds: canonical.kinds.flatMap((kind) => {
      const schema = canonical.get(kind);
      return schema === undefined ? [] : [kindOutline(schema)];
    }),
  };
  OUTLINES.set(workspace, outline);
  return outline;
}

function unsaidIn(inbound: Outlined['inbound']): Outline['unsaid'] {
  return [...inbound].flatMap(([module, mappings]) => {
    const own = mappings.filter(({ of, isSupplement }) => of === null && !isSupplement);
    return [...new Set(own.map(({ to }) => to.kind))].map((kind) => ({ module, kind }));
  });
}

function kindOutline({ kind, schema, references }: CanonicalSchema): KindOutline {
  const own = references.filter((one) => one.kind === kind);
  return { kind, unique: uniqueRules(schema), selfReferences: own.map(({ path }) => path) };
}
