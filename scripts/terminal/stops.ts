import type { Ahead, PlanReport, Stop } from '../../core/control/control-bus.ts';
import { EXIT } from './exit-codes.ts';
import { formatFinding } from './problem.ts';
import type { Terminal } from './terminal.ts';

type Plan = Pick<PlanReport, 'flow' | 'stops' | 'held'>;

/** What would keep sources from being read and plans from being told, as `findings` says it. */
export function printStops(
  terminal: Terminal,
  plans: readonly Plan[],
  ahead: readonly Ahead[] = [],
): void {
  for (const { subject, stop } of stopsIn(plans, ahead)) {
    terminal.print(formatFinding({ ...stop, subject }));
  }
}

/** The exit code of what was only shown: that of the run which would follow. */
export function exitCodeOfPlans(plans: readonly Plan[], ahead: readonly Ahead[] = []): number {
  const stops = stopsIn(plans, ahead);
  if (stops.some(({ stop }) => stop.outcome === 'failed')) return EXIT.failed;
  const waits = stops.length > 0 || plans.some(({ held }) => held.length > 0);
  return waits ? EXIT.held : EXIT.done;
}

function stopsIn(
  plans: readonly Plan[],
  ahead: readonly Ahead[],
): readonly { readonly subject: string; readonly stop: Stop }[] {
  return [
    ...ahead.flatMap(({ module, stops }) =>
      stops.map((stop) => ({ subject: `intake ${module}`, stop })),
    ),
    ...plans.flatMap(({ flow, stops }) => stops.map((stop) => ({ subject: `flow ${flow}`, stop }))),
  ];
}
