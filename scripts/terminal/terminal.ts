import { userInfo } from 'node:os';
import { EXIT } from './exit-codes.ts';

/** What words are written to. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalOptions {
  readonly out: Screen;
  readonly err: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whatever can end before it is done asks for it; it aborts when somebody wants the end. */
  readonly interruption: () => AbortSignal;
}

/**
 * Where one command is given: by whom, in which environment, and what it prints to. The process's
 * own is one of them, so that commands run without a process, too.
 */
export class Terminal {
  readonly out: Screen;
  readonly err: Screen;
  readonly environment: TerminalOptions['environment'];
  readonly interruption: () => AbortSignal;
  exitCode: number = EXIT.done;

  constructor({ out, err, environment, interruption }: TerminalOptions) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.interruption = interruption;
  }

  /** Who is asking, for the audit trail. */
  get user(): string {
    return this.environment['SKOLNAV_USER'] ?? userInfo().username;
  }

  print(text = ''): void {
    this.out.write(`${text}\n`);
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value, asPlain, 2));
  }

  printError(text: string): void {
    this.err.write(`${text}\n`);
  }
}

function asPlain(_name: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
