type Numbers = Readonly<Record<string, number>>;

/** How a language tells counts, by its words for them and its way to write a number. */
export function countsIn(words: Readonly<Record<string, string>>, n: (count: number) => string) {
  return {
    /** Counts in words, without those of nothing. */
    counted: (counts: Numbers): string =>
      Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([key, count]) => `${words[key] ?? key} ${n(count)}`)
        .join(', '),
    /** Differences of counts in words, with their signs. */
    differing: (differences: Numbers): string =>
      Object.entries(differences)
        .filter(([, by]) => by !== 0)
        .map(([key, by]) => `${words[key] ?? key} ${by > 0 ? '+' : '−'}${n(Math.abs(by))}`)
        .join(', '),
  };
}
