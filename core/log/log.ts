import type { Writable } from 'node:stream';
import { pino } from 'pino';

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
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);
}

export const silentLog: Log = pino({ level: 'silent' });
