import {
  compileRowForm,
  Failure,
  InvalidFailure,
  type JsonObject,
  type Layout,
  type Operation,
  RefusedFailure,
  type RowForm,
  saying,
  type WriteRules,
  writtenStreams,
} from '../../core/plugin.ts';

/** An operation as an element of a document. */
export interface WrittenOperation {
  readonly operation: Operation;
  /** As reports name it: of several key columns, all with blanks between them. */
  readonly id: string;
  readonly row: string;
}

/** How the objects of one kind are written. */
export class Documents {
  /** Name of the outermost element: `person`, `group`, `membership`. */
  readonly element: string;
  readonly #form: RowForm;
  readonly #key: readonly string[];
  readonly #operations: Readonly<Record<'column' | 'new' | 'changed' | 'gone', string>>;

  /** `now` is the moment that the documents say they were made. */
  constructor(kind: string, layout: Layout, rules: WriteRules, now: number) {
    const stream = writtenStreams(layout).get(kind);
    const { key, operations } = stream?.write ?? {};
    if (stream?.format !== 'xml' || key === undefined || operations === undefined) {
      throw new InvalidFailure('CONFIG_INVALID', `the layout cannot write operations of a ${kind}`);
    }
    this.element = stream.record.split('/')[0] ?? '';
    this.#form = compileRowForm(stream, rules, now);
    this.#key = key;
    this.#operations = operations;
  }

  /** The document that tells of these, in their order. */
  of(written: readonly WrittenOperation[]): string {
    const rows = written.map(({ row }) => row).join('');
    return this.#form.head + rows + this.#form.trailer(written.length);
  }

  /**
   * An operation as its element; of a deletion the key alone is told. `isNew`: as of an object that
   * the target does not hold, or is not known to hold. What cannot be written is a failure.
   */
  write(operation: Operation, isNew: boolean): WrittenOperation | Failure {
    const { object, key } = operation;
    // The key alone must tell all of its columns: it is all that a deletion may have.
    const values = this.#key.length === 1 ? [key] : key.split('|');
    const isWhole = values.length === this.#key.length;
    if (!isWhole || (object !== null && this.#key.some((one, at) => object[one] !== values[at]))) {
      const values = { kind: operation.objectKind, key: this.#key.join('|') };
      const hint = saying('keyIsNotHint', {});
      return new RefusedFailure('VALUE_NOT_ALLOWED', saying('keyIsNot', values), { hint });
    }
    const keys = Object.fromEntries(this.#key.map((column, at) => [column, values[at] ?? '']));
    const { column, gone, changed, new: added } = this.#operations;
    const what = object === null ? gone : isNew ? added : changed;
    const record: JsonObject = { ...(object ?? keys), [column]: what };
    try {
      return { operation, id: values.join(' '), row: this.#form.row(record) };
    } catch (failure) {
      if (failure instanceof Failure) return failure;
      throw failure;
    }
  }
}
