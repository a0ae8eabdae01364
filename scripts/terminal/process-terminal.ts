import { inEnglish, systemFault } from '../../core/control/control-bus.ts';
import { keepHeapSmall } from './small-heap.ts';
import { Terminal } from './terminal.ts';

/** The terminal of this process. */
export function openProcessTerminal(): Terminal {
  keepHeapSmall();
  outliveReaders();
  const { stdout: out, stderr: err, env: environment } = process;
  return new Terminal({ out, err, environment, interruption });
}

/** Lets the process end with this code once nothing is left to do. */
export function endProcessWith(code: number): void {
  process.exitCode = code;
}

/**
 * Whoever reads may stop (`skolnav plan | head`), or a terminal is closed: what is under way is
 * finished, and what would be said after that is not. What cannot be written for another reason
 * ends the process in one line.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'EIO') return;
      const said = systemFault(error);
      const why = said === null ? '' : `: ${inEnglish(said)}`;
      if (stream === process.stdout) process.stderr.write(`No more could be told${why}\n`);
      process.exit(1);
    });
  }
}

function interruption(): AbortSignal {
  const stop = new AbortController();
  // SIGHUP: the terminal was closed, or the connection to it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop.abort(new Error('interrupted')));
  }
  return stop.signal;
}
