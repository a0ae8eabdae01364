import {
  CATALOGUE,
  type ControlBus,
  didYouMean,
  knownFailure,
  type Records,
} from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

type Workspace = Hub['workspace'];

/** Where the key of an object is to be found. */
export const KEYS = "`skolnav trace` shows a person's keys.";

/** The exit code for a flow that is not there, once it is told which are; null if it is there. */
export function wrongFlow(
  terminal: Terminal,
  { flows }: Workspace,
  name: string | null,
): number | null {
  const known = flows.map((flow) => flow.name);
  return name === null ? null : unlessKnown(terminal, 'flow', name, known);
}

/** The same for a kind of object that the flow's target does not take. */
export function wrongKind(
  terminal: Terminal,
  workspace: Workspace,
  flow: string,
  kind: string,
): number | null {
  const wrong = wrongFlow(terminal, workspace, flow);
  if (wrong !== null) return wrong;
  const { flows } = workspace;
  const module = flows.find(({ name }) => name === flow)?.to ?? '';
  const objects = workspace.sinkOf(module)?.objects ?? [];
  return unlessKnown(
    terminal,
    'kind of object',
    kind,
    objects.map((one) => one.kind),
  );
}

/** The same for a field that entities of a kind do not have. */
export function wrongField(
  terminal: Terminal,
  { canonical }: Workspace,
  kind: string,
  field: string | undefined,
): number | null {
  const { properties = {} } = canonical.get(kind)?.schema ?? {};
  return field === undefined
    ? null
    : unlessKnown(terminal, `field of ${kind}`, field, Object.keys(properties ?? {}));
}

/** The same for a system that nothing was delivered to or read from, and that no flow names. */
export async function wrongTarget(
  terminal: Terminal,
  control: ControlBus,
  name: string | undefined,
): Promise<number | null> {
  if (name === undefined) return null;
  const { flows } = control.wiring();
  const groups = await control.failureGroups();
  const known = [
    ...flows.flatMap(({ from, target }) => [...from, target]),
    ...groups.map((one) => one.target),
  ];
  return unlessKnown(terminal, 'target or source', name, [...new Set(known)]);
}

/** The same for a failure code that nothing can have. */
export function wrongCode(terminal: Terminal, code: string | undefined): number | null {
  if (code === undefined || knownFailure(code) !== null) return null;
  return noSuch(terminal, 'failure code', code, Object.keys(CATALOGUE), 'All: docs/failures.md.');
}

/** The same for a group of failures that can have no member. */
export async function wrongGroup(
  terminal: Terminal,
  control: ControlBus,
  { target, code }: { readonly target?: string; readonly code?: string },
): Promise<number | null> {
  return wrongCode(terminal, code) ?? (await wrongTarget(terminal, control, target));
}

/** Of so many failures the ids are looked at for what may be meant. */
const MOST_IDS = 500;

/** The same for the id of a failure. */
export async function unknownFailure(
  terminal: Terminal,
  records: Pick<Records, 'failures'>,
  id: string,
): Promise<number> {
  const open = await records.failures({ limit: MOST_IDS });
  const ids = open.map((one) => one.id);
  return noSuch(terminal, 'failure', id, ids, 'Those that are open: skolnav failed');
}

/** The same for those of these ids that no failure has, or has had; nothing is done with any. */
export async function unknownFailures(
  terminal: Terminal,
  control: ControlBus,
  ids: readonly string[],
): Promise<number | null> {
  let wrong: number | null = null;
  for (const id of ids) {
    const isKnown = (await control.failure(id)) ?? (await control.ending(id));
    if (isKnown === null) wrong = await unknownFailure(terminal, control, id);
  }
  return wrong;
}

function unlessKnown(
  terminal: Terminal,
  what: string,
  name: string,
  known: readonly string[],
): number | null {
  if (known.includes(name)) return null;
  return noSuch(terminal, what, name, known, `There are: ${known.join(', ')}`);
}

/**
 * Says that nothing has this name, and which is meant or where names are to be found; the exit code
 * of every command that is given one.
 */
export function noSuch(
  terminal: Terminal,
  what: string,
  name: string,
  known: Iterable<string>,
  where: string,
): number {
  terminal.printError(`no ${what} "${name}". ${didYouMean(name, known) || where}`);
  return EXIT.usage;
}
