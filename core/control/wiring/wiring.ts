import type { Lint } from '../../failure/lint.ts';
import type { Flow } from '../../flow/compiled.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';

/** How a workspace's files bind modules, flows and mappings together. */
export interface Wiring {
  readonly flows: readonly WiredFlow[];
  readonly mappings: readonly MappingName[];
  /** What a person wrote or left out and that has no effect. */
  readonly remarks: readonly Lint[];
}

export interface WiredFlow
  extends Pick<Flow, 'name' | 'file' | 'purpose' | 'legalBasis' | 'from' | 'to' | 'schedule'> {
  /** `lms:itslearning`. */
  readonly target: string;
  readonly selects: readonly WiredSelection[];
}

/** Which entities of a kind a flow takes. */
export interface WiredSelection {
  readonly kind: string;
  /** As it is written; null where all are taken. */
  readonly where: string | null;
  /** The condition's line in the flow's file. */
  readonly line: number | null;
}

/** A mapping, and between what it stands. */
export interface MappingName {
  readonly file: string;
  /** The module whose records it reads, or whose objects it makes. */
  readonly module: string;
  readonly direction: 'inbound' | 'outbound';
  /** A stream of the module, or an entity kind. */
  readonly from: string;
  /** An entity kind, or an object kind of the module. */
  readonly to: string;
}

export function wiringOf(engine: Engine): Wiring {
  const { flows, remarks } = engine.workspace;
  return {
    flows: flows.map((flow) => wiredFlow(engine, flow)),
    mappings: mappingNames(engine),
    remarks,
  };
}

function wiredFlow(engine: Engine, flow: Flow): WiredFlow {
  const { name, file, purpose, legalBasis, from, to, schedule } = flow;
  const selects = [...flow.selects].map(([kind, { written }]) => {
    return { kind, where: written?.text ?? null, line: written?.line ?? null };
  });
  const target = targetOfFlow(engine, flow).name;
  return { name, file, purpose, legalBasis, from, to, schedule, target, selects };
}

/** Of every module that a flow reads from or leads to. */
export function mappingNames({ workspace }: Engine): readonly MappingName[] {
  const { flows, inbound, outbound } = workspace;
  const sources = [...new Set(flows.flatMap(({ from }) => from))];
  const targets = [...new Set(flows.map(({ to }) => to))];
  return [
    ...sources.flatMap((module) =>
      (inbound.get(module) ?? []).map(({ file, from, to }): MappingName => {
        return { file, module, direction: 'inbound', from: from.stream, to: to.kind };
      }),
    ),
    ...targets.flatMap((module) =>
      (outbound.get(module) ?? []).map(({ file, from, to }): MappingName => {
        return { file, module, direction: 'outbound', from: from.kind, to: to.objectKind };
      }),
    ),
  ];
}
