import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';

/**
 * Structured log. Fields are ids, codes, counts and durations; never names, numbers or payloads.
 */
export interface Log {
  /** Says what went well. */
  info(fields: LogFields, text: string): void;
  /** Says what somebody should look at. */
  warn(fields: LogFields, text: string): void;
  /** Says what has failed. */
  error(fields: LogFields, text: string): void;
  /** A log that says these fields each time. */
  child(fields: LogFields): Log;
}

export interface LogFields {
  readonly [name: string]: string | number | boolean | null;
}

/** JSON lines to the given stream. */
export function openLog(to: Writable, level: 'info' | 'warn' | 'error' | 'silent' = 'info'): Log {
  return late(() => {
    const { pino } = library();
    return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);
  });
}

const nothing = () => undefined;

export const silentLog: Log = {
  ...{ info: nothing, warn: nothing, error: nothing },
  child: () => silentLog,
};

/** A log whose library is read with its first line: who only looks writes none. */
function late(open: () => Log): Log {
  let opened: Log | null = null;
  const log = () => {
    opened ??= open();
    return opened;
  };
  return {
    info: (fields, text) => log().info(fields, text),
    warn: (fields, text) => log().warn(fields, text),
    error: (fields, text) => log().error(fields, text),
    child: (fields) => late(() => log().child(fields)),
  };
}

const library = (): typeof import('pino') => createRequire(import.meta.url)('pino');
