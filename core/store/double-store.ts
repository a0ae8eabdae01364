/** A value that several entities of a kind have. */
export interface Double {
  readonly as: string;
  /** The first keeps it. */
  readonly ids: readonly string[];
}

/** What several entities of a kind have and only one may. */
export interface DoubleStore {
  /** What several of a kind were found to have. */
  doubles(kind: string): Promise<readonly Double[]>;
  /** Groups of ids of a kind that have the same text at a path, or in a list there. */
  searchDoubles(kind: string, path: readonly string[]): Promise<readonly (readonly string[])[]>;
  /** In place of what is kept; who has become the first, or is it no more, is noted as changed. */
  putDoubles(kind: string, doubles: readonly Double[]): Promise<void>;
}
