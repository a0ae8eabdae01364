import type { CauseAndRemedy, FailureCode } from '../../core/control/control-bus.ts';
import { INSIDE } from './sv-failures-inside.ts';
import { OUTSIDE } from './sv-failures-outside.ts';

/** Cause and remedy of every failure code in Swedish; the catalogue has them in English. */
export const FAILURES: Readonly<Record<FailureCode, CauseAndRemedy>> = { ...OUTSIDE, ...INSIDE };
