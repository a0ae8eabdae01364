import {
  type InboxEvent,
  isObject,
  type Json,
  type JsonObject,
  RefusedFailure,
  readLayoutFile,
} from '../../core/plugin.ts';
import type { Said } from './event.ts';
import type { EventLayout, Options } from './options.ts';

/** JSON that nests deeper is no record of anybody's. */
const MOST_DEPTH = 20;
/** A record's own id: it stands in failures and pages. */
const MOST_KEY = 200;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** When something was sent, and how far its moments may lie ahead of that. */
export interface Sending {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly toleranceMs: number;
}

/** What a body holds. */
export interface ReadBody {
  readonly events: readonly InboxEvent[];
  /** Why records of it are none. */
  readonly refused: readonly RefusedFailure[];
}

/** Makes events of what was sent, one for each record. */
export class EventReading {
  readonly #layout: EventLayout;
  readonly #options: Options;

  constructor(layout: EventLayout, options: Options) {
    this.#layout = layout;
    this.#options = options;
  }

  /** The only stream for '', undefined for one that there is not. */
  streamOf(name: string): string | undefined {
    const names = Object.keys(this.#layout.streams);
    if (name === '' && names.length === 1) return names[0];
    return names.includes(name) ? name : undefined;
  }

  /**
   * All records of a body, which is one or a list of them, and why others are not as the layout
   * says. Throws RefusedFailure EVENT_MALFORMED where the body as a whole is not. No failure quotes
   * anything of it.
   */
  async read(stream: string, body: Uint8Array, sending: Sending): Promise<ReadBody> {
    const records = this.#recordsOf(body);
    const layout = this.#layout.streams[stream];
    if (layout === undefined) throw malformed(`there is no stream ${stream}`);
    const events: InboxEvent[] = [];
    const refused: RefusedFailure[] = [];
    for await (const { records: read, faults } of readLayoutFile(records, layout, 'body')) {
      for (const { failure } of faults) {
        const { place, message } = failure;
        refused.push(malformed(message.replace('body, line', 'record'), place?.field ?? null));
      }
      for (const { operation, value, line } of read) {
        const about = { stream, operation, value };
        const event = this.#eventOf(about, `record ${line}`, sending);
        if (event instanceof RefusedFailure) refused.push(event);
        else events.push(event);
      }
    }
    return { events, refused };
  }

  /** A list as it was written: what is parsed no longer shows a name that stands twice. */
  #recordsOf(body: Uint8Array): AsyncIterable<Uint8Array> {
    const { maxRecords } = this.#options;
    const { value, text } = parsed(body);
    const items: readonly Json[] = Array.isArray(value) ? value : [value];
    if (items.length === 0) throw malformed('there is no record in the list');
    if (items.length > maxRecords) throw malformed(`there are more than ${maxRecords} records`);
    const index = items.findIndex((item) => !isObject(item));
    if (index >= 0) throw malformed(`record ${index + 1} is no object`);
    return chunkOf(Array.isArray(value) ? text : `[${text}]`);
  }

  #eventOf(said: Said, where: string, sending: Sending): InboxEvent | RefusedFailure {
    const { key: keyColumn, changed } = this.#options;
    const key = String(said.value[keyColumn] ?? '');
    if (key === '' || key.length > MOST_KEY) {
      const text = `${where}: ${keyColumn} is empty, or longer than ${MOST_KEY} characters`;
      return malformed(text, keyColumn);
    }
    const at = changed === undefined ? sending.now : momentOf(said, where, changed, sending);
    if (at instanceof RefusedFailure) return at;
    // SAFETY: it holds texts and lists of texts alone.
    return { key: `${said.stream} ${key}`, at, content: said as unknown as JsonObject };
  }
}

function momentOf(
  { value }: Said,
  where: string,
  column: string,
  sending: Sending,
): number | RefusedFailure {
  const text = String(value[column] ?? '');
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    return malformed(`${where}: ${column} is no moment as 2026-09-01T07:40:00+02:00`, column);
  }
  // One that is ahead would be the latest for as long as it is.
  if (at <= sending.now + sending.toleranceMs) return at;
  return malformed(`${where}: ${column} is yet to come`, column);
}

/** The JSON of a body. The depth is looked at first: what reads it later calls itself. */
function parsed(body: Uint8Array): { readonly value: Json; readonly text: string } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    if (depthOf(text) > MOST_DEPTH) throw malformed(`the body nests deeper than ${MOST_DEPTH}`);
    return { value: JSON.parse(text), text };
  } catch (error) {
    if (error instanceof RefusedFailure) throw error;
    throw malformed('the body is no JSON in UTF-8');
  }
}

function depthOf(text: string): number {
  let [depth, deepest, isInText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (isInText && sign === '\\') at += 1;
    else if (sign === '"') isInText = !isInText;
    else if (!isInText && (sign === '[' || sign === '{')) depth += 1;
    else if (!isInText && (sign === ']' || sign === '}')) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

async function* chunkOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

export function malformed(text: string, field: string | null = null): RefusedFailure {
  const place = { file: 'body', line: null, field };
  return new RefusedFailure('EVENT_MALFORMED', text, { place });
}
