import type { RecordBatch, RecordFault, SourceRecord } from '../connector/connector.ts';
import { InvalidFailure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { JsonObject } from '../message/message.ts';

/** The objects of one list that a service gives page by page, on their way to be records. */
export class ListedRecords {
  /** The list's name: it stands in the place of a file. */
  readonly list: string;
  readonly #id: string;
  readonly #seen = new Set<string>();
  #count = 0;

  /** `id`: the field by which an object is known. */
  constructor(list: string, id: string) {
    this.list = list;
    this.#id = id;
  }

  /**
   * Notes a page of a whole list. Where one comes on two pages, they have shifted while they were
   * read, and another was missed: throws TransientFailure TARGET_ANSWER_UNREADABLE. On one page
   * nothing shifts: an id that is there twice is that of two records, as in a file.
   */
  checkNew(page: readonly JsonObject[]): void {
    const ids = page.map((one) => one[this.#id]).filter((id) => typeof id === 'string');
    if (ids.some((id) => this.#seen.has(id))) {
      const text = saying('onTwoPages', { list: this.list });
      const hint = 'Nothing was concluded from it: read it again.';
      throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text, { hint });
    }
    for (const id of ids) this.#seen.add(id);
  }

  /** The next page as records, numbered through the list; whatever has no id is set aside. */
  recordsOf(page: readonly JsonObject[]): Pick<RecordBatch, 'records' | 'faults'> {
    const records: SourceRecord[] = [];
    const faults: RecordFault[] = [];
    const file = this.list;
    for (const value of page) {
      const line = ++this.#count;
      const isKnown = typeof value[this.#id] === 'string';
      if (isKnown) records.push({ operation: 'upsert', value, file, line });
      else faults.push(this.#withoutId(value, line));
    }
    return { records, faults };
  }

  /** What else it says may be a word of protection, of whomever. */
  #withoutId({ [this.#id]: _none, ...value }: JsonObject, line: number): RecordFault {
    const place = { file: this.list, line, field: this.#id };
    const text = saying('noneOfIds', { list: this.list, line: String(line), field: this.#id });
    const failure = new InvalidFailure('RECORD_INVALID', text, { place });
    return { failure, value };
  }
}

/** The records of what a service says is deleted: ids of one field, from a list of that name. */
export function deletedRecords(
  list: string,
  field: string,
  ids: readonly string[],
): readonly SourceRecord[] {
  return ids.map((id, at) => ({
    ...{ operation: 'delete', value: { [field]: id }, file: list, line: at + 1 },
  }));
}
