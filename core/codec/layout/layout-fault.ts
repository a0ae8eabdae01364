/** A fault of a layout beyond what its JSON Schema says: where in the file, and what. */
export interface LayoutFault {
  /** Keys from the top of the file, e.g. `['streams', 'student', 'columns', 2]`. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly hint: string;
}
