import type { Encoding } from '../encodings.ts';

/**
 * What a connector's `set.layout.yaml` declares (schemas/hub/set-layout.v1.json): the files of a
 * whole set that a system takes, so that nobody writes code for it.
 */
export interface SetLayout {
  /** The sign between two values. */
  readonly separator: ',' | ';' | '\t' | '|';
  readonly lineEnd: 'crlf' | 'lf';
  /** Default `utf-8`. */
  readonly encoding?: Encoding;
  /** Stands in the place of each letter that the encoding does not have. Default `?`. */
  readonly instead?: string;
  /** The sign between the items of a list in one value. */
  readonly listSeparator: string;
  /** `space`: a line break in a value becomes one; `keep`: it stands in quotes. */
  readonly lineBreaks: 'space' | 'keep';
  /** The file that comes last and counts the rows of the others: a reader goes by it. */
  readonly marker: string;
  /** In the order in which they are put in place. */
  readonly files: readonly SetFile[];
}

/** One file of a set. */
export interface SetFile {
  readonly file: string;
  /** The object kinds whose objects are its rows; none where it has `rows` alone. */
  readonly kinds: readonly string[];
  /** Fields of the objects, which are also its header. */
  readonly columns: readonly string[];
  /** Rows that every set has, before those of the objects. */
  readonly rows?: readonly (readonly string[])[];
  /** Several objects may give the same row, which is written once. Default false. */
  readonly mayRepeat?: boolean;
  /** A switch among the connector's options: without it, there is no such file. */
  readonly option?: string;
}
