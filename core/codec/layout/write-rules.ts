/** What a layout says of files that are written, beside what is said of those that are read. */
export interface WriteRules {
  /**
   * `full`: the whole set each time. `changes`: numbered sets of what is new, changed or gone.
   * `period`: a set that is closed once it is sent; what is found out later goes with the next one.
   * `operations`: documents of what is new, changed or gone, which a service answers for.
   */
  readonly way: 'full' | 'changes' | 'period' | 'operations';
  /** Default `crlf`. */
  readonly lineEnd?: 'crlf' | 'lf';
  /** Default `space`: a line break in a value becomes one. `keep`: it stands in quotes. */
  readonly lineBreaks?: 'space' | 'keep';
  /**
   * Stands in the place of each letter that the encoding does not have; absent: an object that
   * holds one is parked.
   */
  readonly instead?: string;
  /** The sign between the items of a list in one value. Default `,`. */
  readonly listSeparator?: string;
  /** People open the files: what a spreadsheet would run is made harmless. Default false. */
  readonly spreadsheet?: boolean;
  /** What the marker says of a whole set: its day, or the time of its end. Default `day`. */
  readonly stamp?: 'day' | 'time';
  /** A field of every object: each of its values has a folder, and a set of its own in it. */
  readonly outbox?: string;
  /** Of changes and periods, so many of the last sets are kept as they were sent. Default 100. */
  readonly keep?: number;
}

const SETS_KEPT = 100;

/** How many of the last sets are kept as they were sent: of those that are numbered. */
export function setsKept({ way, keep = SETS_KEPT }: WriteRules): number {
  return isNumbered(way) ? keep : 0;
}

/** Whether sets are told apart by a running number. */
export function isNumbered(way: WriteRules['way']): boolean {
  return way === 'changes' || way === 'period';
}

/** What tells the records of one stream apart from each other, and what became of each. */
export interface StreamWriting {
  /** Columns that tell a record from all others of its stream. */
  readonly key?: readonly string[];
  /** The column that says what became of a record. */
  readonly operations?: Operations;
  /** Rows that every set has, before those of the records. */
  readonly rows?: readonly (readonly string[])[];
  /** Several records may give the same row, which is written once. Default false. */
  readonly mayRepeat?: boolean;
  /** The column that says to which period a record belongs, so that texts sort as time goes. */
  readonly period?: string;
}

/** Values of the column that says what became of a record. */
export interface Operations {
  readonly column: string;
  readonly new: string;
  readonly changed: string;
  readonly gone: string;
  /** Of a record whose period is sent for the first time; absent: as one that is new. */
  readonly first?: string;
}

/** What became of a record since the set before. */
export type Change = 'new' | 'changed' | 'gone' | 'first';
