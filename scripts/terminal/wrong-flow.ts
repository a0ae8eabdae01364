import { didYouMean } from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

type Workspace = Hub['workspace'];

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

function unlessKnown(
  terminal: Terminal,
  what: string,
  name: string,
  known: readonly string[],
): number | null {
  if (known.includes(name)) return null;
  const hint = didYouMean(name, known) || `There are: ${known.join(', ')}`;
  terminal.printError(`no ${what} "${name}". ${hint}`);
  return EXIT.usage;
}
