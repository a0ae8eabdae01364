import type { RecordBatch, RecordFault, SourceRecord } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { canonicalText, isFormula } from '../../message/canonical-text.ts';
import { isList } from '../../message/digest.ts';
import type { Json, JsonObject, Problem } from '../../message/message.ts';

/** A record in its canonical spelling, and what was odd about it. */
export interface CleanRecord {
  readonly record: SourceRecord;
  /** It was written otherwise. */
  readonly isCleaned: boolean;
  readonly hasFormula: boolean;
  /** What was not told of its fields before. */
  readonly remarks: readonly Problem[];
}

/**
 * Brings the texts of all records into their canonical spelling before anything is made of them, so
 * that mappings, tables, ids and look-ups compare one form. Counts the records that were written
 * otherwise, and tells once of each field in which a spreadsheet would run what stands there.
 */
export class RecordCleaner {
  readonly #told = new Set<string>();
  #cleaned = 0;

  /** Records whose texts were not canonical. */
  get cleaned(): number {
    return this.#cleaned;
  }

  clean(batch: RecordBatch): RecordBatch {
    const cleaned = batch.records.map((record) => this.cleanOne(batch.stream, record));
    const records = cleaned.map(({ record }) => record);
    const remarks = cleaned.flatMap((one) => one.remarks);
    const faults = batch.faults.map(cleanFault);
    if (remarks.length === 0) return { ...batch, records, faults };
    return { ...batch, records, faults, remarks: [...(batch.remarks ?? []), ...remarks] };
  }

  cleanOne(stream: string, record: SourceRecord): CleanRecord {
    const value = cleanObject(record.value);
    const isCleaned = value !== record.value;
    if (isCleaned) this.#cleaned += 1;
    const others = record.others?.map(cleanObject);
    const told = others === undefined ? record : { ...record, others };
    const clean = isCleaned ? { ...told, value } : told;
    return { record: clean, isCleaned, ...this.#formulasIn(stream, clean) };
  }

  /** Counts a record that is known to be written otherwise, and is not looked at. */
  countCleaned(): void {
    this.#cleaned += 1;
  }

  #formulasIn(
    stream: string,
    { value, file, line }: SourceRecord,
  ): Pick<CleanRecord, 'remarks' | 'hasFormula'> {
    const remarks: Problem[] = [];
    let hasFormula = false;
    for (const field of Object.keys(value)) {
      const text = value[field];
      if (typeof text !== 'string' || !isFormula(text)) continue;
      hasFormula = true;
      const name = `${stream} ${field}`;
      if (this.#told.has(name)) continue;
      this.#told.add(name);
      const asFormula = saying('asFormula', { field });
      const what = saying('atLine', { file, line: String(line), what: asFormula });
      const place = { file, line, field: name };
      remarks.push(new RefusedFailure('VALUE_FORMULA', what, { place }).toProblem());
    }
    return { remarks, hasFormula };
  }
}

/** Its id and its word of protection are compared with those of good records. */
export function cleanFault(fault: RecordFault): RecordFault {
  const { externalId, value, unread, readings } = fault;
  return {
    ...fault,
    ...(externalId === undefined ? {} : { externalId: canonicalText(externalId) }),
    ...(value === undefined ? {} : { value: cleanObject(value) }),
    ...(unread === undefined ? {} : { unread: cleanObject(unread) }),
    ...(readings === undefined ? {} : { readings: readings.map(cleanObject) }),
  };
}

/** The same object where nothing in it changes. */
function cleanObject(value: JsonObject): JsonObject {
  const isSame = Object.keys(value).every((field) => isClean(value[field]));
  if (isSame) return value;
  // Entry by entry: an assignment to a field of the name __proto__ would make another object.
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, cleanValue(inner)]),
  );
}

function isClean(value: Json | undefined): boolean {
  return value === undefined || cleanValue(value) === value;
}

function cleanValue(value: Json): Json {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!isList(value)) return cleanObject(value);
  const items = value.map(cleanValue);
  return items.every((item, index) => item === value[index]) ? value : items;
}
