import {
  InvalidFailure,
  type Json,
  type JsonObject,
  ListedRecords,
  type RecordBatch,
  SoapFault,
  type Source,
  saying,
} from '../../core/plugin.ts';
import { ASSESSMENTS, COURSES, ITEMS, type ReadClient, type ReadList } from './read-client.ts';

/** What teachers write of an assignment or a pupil stays there: it is not even set aside. */
const WORDS = new Set(['Comment', 'Comments', 'Description', 'Feedback']);

/** What of a course is read: what its teachers assess by, and what its pupils have reached. */
const STREAMS: readonly (readonly [stream: string, list: ReadList])[] = [
  ['gradebook-item', ITEMS],
  ['assessment', ASSESSMENTS],
];

/** Reads the gradebooks of all courses that the site has been told of, each time. */
export class GradebookSource implements Source {
  readonly #client: ReadClient;

  constructor(client: ReadClient) {
    this.#client = client;
  }

  /**
   * A course that says no is set aside, and nothing that may be its own is called gone; where every
   * course does, the fault is the service's, and ends the read.
   */
  async *read(_since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const listed = new Map(STREAMS.map(([stream]) => [stream, new ListedRecords(stream, 'id')]));
    const courses = await this.#courses(signal);
    let faults = 0;
    for (const [at, course] of courses.entries()) {
      try {
        yield* this.#gradebook(course, listed, signal);
      } catch (fault) {
        faults += 1;
        if (!(fault instanceof SoapFault) || faults === courses.length) throw fault;
        const failure = refusalOf(fault, at + 1);
        for (const [stream] of STREAMS) yield { ...batchOf(stream), faults: [{ failure }] };
      }
    }
    for (const [stream] of STREAMS) yield { ...batchOf(stream), last: true };
  }

  async close(): Promise<void> {}

  /** Sync keys of the courses that have one: others have been made there, and are nobody's here. */
  async #courses(signal: AbortSignal): Promise<readonly string[]> {
    const listed = new ListedRecords(COURSES.operation, 'CourseId');
    const keys: string[] = [];
    for await (const page of this.#client.pages(COURSES, null, signal)) {
      signal.throwIfAborted();
      listed.checkNew(page);
      for (const { CourseSyncKey: key } of page) if (typeof key === 'string') keys.push(key);
    }
    return keys;
  }

  /** A course in which nothing is assessed is not asked for assessments. */
  async *#gradebook(
    course: string,
    listed: ReadonlyMap<string, ListedRecords>,
    signal: AbortSignal,
  ): AsyncGenerator<RecordBatch> {
    for (const [stream, list] of STREAMS) {
      let count = 0;
      for await (const page of this.#client.pages(list, course, signal)) {
        signal.throwIfAborted();
        count += page.length;
        const values = page.flatMap((row) => recordsOf(row, course, list));
        listed.get(stream)?.checkNew(values);
        if (values.length > 0)
          yield { ...batchOf(stream), ...listed.get(stream)?.recordsOf(values) };
      }
      if (count === 0) return;
    }
  }
}

/**
 * An assessment is known by its item and its pupil; of persons without a sync key, who are nobody's
 * here, there is none.
 */
function recordsOf(row: JsonObject, course: string, list: ReadList): readonly JsonObject[] {
  const { GradebookItemId: item, PersonSyncKey: person } = row;
  if (list === ASSESSMENTS && person === undefined) return [];
  const id = list === ASSESSMENTS ? `${item}|${person}` : item;
  const said = Object.entries(row).filter(([name]) => !WORDS.has(name));
  const told = { ...Object.fromEntries(said), CourseSyncKey: course };
  return [item === undefined || id === undefined ? told : { ...told, id }];
}

/** It has no id: whatever the stream lacks may be of this course. */
function refusalOf(fault: SoapFault, line: number): InvalidFailure {
  const place = { file: COURSES.operation, line, field: 'CourseSyncKey' };
  const { said = fault.message } = fault.toProblem();
  const hint = saying('courseRefusedHint', {});
  return new InvalidFailure('RECORD_INVALID', said, { place, hint, cause: fault });
}

function batchOf(stream: string): RecordBatch {
  return { stream, mode: 'full', records: [], faults: [], last: false, checkpoint: null };
}
