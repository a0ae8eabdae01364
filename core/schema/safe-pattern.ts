/** A quantified group that holds a quantifier can take for ever on hostile text. */
const NESTED_QUANTIFIER = /\([^)]*[*+}][^)]*\)\s*[*+{]/;

/** A regular expression that somebody wrote; null if it is none, or one that could run for ever. */
export function compilePattern(pattern: string): RegExp | null {
  if (NESTED_QUANTIFIER.test(pattern)) return null;
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}
