import { compileWrittenDate } from '../../message/date-format.ts';
import type { JsonObject } from '../../message/message.ts';
import {
  carryOf,
  isRead,
  type Layout,
  type StreamLayout,
  type XmlColumn,
} from '../layout/layout.ts';
import type { StreamWriting, WriteRules } from '../layout/write-rules.ts';
import type { WrittenLayout } from './row-form.ts';

/** A folder's name; what was sent stands in `sent`. */
const OUTBOX_NAME = '^(?!sent$)[a-z0-9][a-z0-9-]{0,63}$';

/** The streams of a layout that is written, by name; none of one that is only read. */
export function writtenStreams(layout: Layout): ReadonlyMap<string, WrittenLayout> {
  if (layout.write === undefined) return new Map();
  const streams = Object.entries(layout.streams);
  return new Map(
    streams.flatMap(([name, one]): readonly [string, WrittenLayout][] =>
      isWritable(one) ? [[name, one]] : [],
    ),
  );
}

function isWritable(layout: StreamLayout): layout is WrittenLayout {
  return layout.format === 'delimited' || layout.format === 'fixed' || layout.format === 'xml';
}

/**
 * JSON Schema of what can be written as a record of a stream: whatever fits it reads back as it is.
 * A text must be writable in its `x-encoding`, and fit its `x-writable`, a regular expression. The
 * column that says what became of a record is ours to fill, as constants are; what a child carries
 * is the key of its parent; the outbox is a field, column or not.
 */
export function writableSchemaOf(layout: Layout, stream: string): JsonObject | undefined {
  const one = writtenStreams(layout).get(stream);
  if (one === undefined || layout.write === undefined) return undefined;
  const { key = [], operations }: StreamWriting = one.write ?? {};
  const { write } = layout;
  const columns: readonly XmlColumn[] = one.columns;
  const filled = columns.filter((column) => isRead(column) && column.name !== operations?.column);
  const properties: Record<string, JsonObject> = {};
  for (const column of filled) {
    const most = 'width' in column ? mostOf(column, Number(column.width)) : {};
    const limits = limitsOf(one, write, column);
    const refers = column.reference === undefined ? {} : { 'x-reference': column.reference };
    properties[column.name] = { type: 'string', ...most, ...limits, ...refers };
  }
  if (write.outbox !== undefined) {
    properties[write.outbox] = { type: 'string', 'x-writable': OUTBOX_NAME };
  }
  const carry = carryOf(one);
  const carried = Object.keys(carry?.columns ?? {});
  for (const name of carried) {
    properties[name] = { type: 'string', 'x-reference': carry?.from ?? '' };
  }
  const required = filled.filter((column) => column.required === true).map(({ name }) => name);
  const outbox = write.outbox === undefined ? [] : [write.outbox];
  const needed = [...new Set([...required, ...key, ...outbox, ...carried])];
  return { type: 'object', additionalProperties: false, required: needed, properties };
}

const A_LONG_DAY = '2026-12-31';

/** A day comes as it stands in an object, and may be shorter where it is written. */
function mostOf({ type, date = 'yyyy-MM-dd' }: XmlColumn, width: number): JsonObject {
  const isFitting = type === 'date' && compileWrittenDate(date)(A_LONG_DAY).length <= width;
  return isFitting ? {} : { maxLength: width };
}

/** Whether each line begins with what tells its records from others: no trailer begins so. */
function beginsWithType({ recordType }: Exclude<WrittenLayout, { format: 'xml' }>): boolean {
  if (recordType === undefined) return false;
  return 'start' in recordType ? recordType.start === 1 : recordType.field === 0;
}

/** XML 1.0, 2.2: all other characters cannot stand in a document, not even escaped. */
const IN_XML = '(?=[\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]*$)';

/** What a value may not hold, as it would read back as something else. */
function limitsOf(layout: WrittenLayout, write: WriteRules, column: XmlColumn): JsonObject {
  if (layout.format === 'xml') {
    const pattern = column.pattern === undefined ? '' : `(?=$|[^]*?(?:${column.pattern}))`;
    return { 'x-writable': `^${IN_XML}${pattern}` };
  }
  const { encoding = 'utf-8', trailer } = layout;
  const isFirst = column.name === layout.columns[0]?.name && !beginsWithType(layout);
  const isBare = layout.format === 'delimited' && layout.quote === '';
  const bare = isBare ? `(?![^]*${RegExp.escape(layout.separator ?? ';')})` : '';
  const ending = trailer !== undefined && isFirst ? `(?!${RegExp.escape(trailer.prefix)})` : '';
  return {
    ...(write.instead === undefined ? { 'x-encoding': encoding } : {}),
    ...(bare + ending === '' ? {} : { 'x-writable': `^${ending}${bare}` }),
  };
}
