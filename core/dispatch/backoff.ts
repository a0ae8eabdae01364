/** Exponential delays with full jitter below, so that many retries do not come back at once. */
export interface BackoffRules {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Milliseconds to wait after the given number of attempts (from 1): between half and the whole of
 * `firstDelay * 2^(attempts-1)`, never more than `maxDelay`, never less than the other side asked.
 */
export function backoffMs(
  attempts: number,
  rules: BackoffRules,
  retryAfterMs: number | null,
): number {
  const whole = Math.min(rules.maxDelayMs, rules.firstDelayMs * 2 ** Math.min(attempts - 1, 30));
  return Math.max(retryAfterMs ?? 0, Math.round(whole / 2 + (whole / 2) * Math.random()));
}
