import type { Command } from 'commander';
import { Failure } from '../../core/failure/failure.ts';
import type { Hub } from '../../core/hub.ts';
import { scheduleTurns } from '../../core/schedule/turns.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatSync } from '../terminal/report.ts';
import { printLine, withHub } from '../terminal/with-hub.ts';

const PATIENCE_MS = 60 * 60 * 1000;

/** `skolnav serve`: stays up and runs each flow at its time. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('stay up and run each flow at its time')
    .action(async (_options: unknown, command: Command) => {
      await withHub(command, async (hub, signal) => {
        await serve(hub, signal);
        return EXIT.done;
      });
    });
}

/** Runs the scheduled flows until the signal; what is under way then is stopped cleanly. */
export async function serve(hub: Hub, signal: AbortSignal): Promise<void> {
  const { flows, config } = hub.workspace;
  const scheduled = flows.filter((flow) => flow.schedule !== null);
  let queue = Promise.resolve();
  const turns = scheduled.map((flow) =>
    scheduleTurns(flow.schedule ?? '', config.timeZone, () => {
      queue = queue.then(() => turn(hub, flow.name, signal));
      return queue;
    }),
  );
  for (const { name, schedule } of scheduled) {
    printLine(`${name}: ${schedule} (${config.timeZone})`);
  }
  printLine('Waiting. Ctrl-C stops.');
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const one of turns) one.stop();
  await queue;
}

async function turn({ control }: Hub, flow: string, signal: AbortSignal): Promise<void> {
  try {
    const onProgress = () => undefined;
    const report = await control.sync({
      flow,
      deliver: true,
      onProgress,
      signal,
      patienceMs: PATIENCE_MS,
    });
    printLine(formatSync(report));
  } catch (failure) {
    if (signal.aborted) return;
    if (!(failure instanceof Failure)) throw failure;
    process.stderr.write(`${flow}: ${failure.code} ${failure.message}\n`);
  }
}
