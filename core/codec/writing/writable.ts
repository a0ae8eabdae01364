import type { JsonObject } from '../../message/message.ts';
import type { Layout } from '../layout/layout.ts';
import type { LinesLayout } from './row-form.ts';
import type { StreamWriting, WriteRules } from './write-rules.ts';

/** A folder's name; what was sent stands in `sent`. */
const OUTBOX_NAME = '^(?!sent$)[a-z0-9][a-z0-9-]{0,63}$';

/** The streams of a layout that is written, by name; none of one that is only read. */
export function writtenStreams(layout: Layout): ReadonlyMap<string, LinesLayout> {
  if (layout.write === undefined) return new Map();
  const streams = Object.entries(layout.streams);
  return new Map(
    streams.flatMap(([name, one]): readonly [string, LinesLayout][] =>
      one.format === 'delimited' || one.format === 'fixed' ? [[name, one]] : [],
    ),
  );
}

/**
 * JSON Schema of what can be written as a record of a stream: whatever fits it reads back as it is.
 * A text must be writable in its `x-encoding`, and fit its `x-writable`, a regular expression. The
 * column that says what became of a record is ours to fill; the outbox is a field, column or not.
 */
export function writableSchemaOf(layout: Layout, stream: string): JsonObject | undefined {
  const one = writtenStreams(layout).get(stream);
  if (one === undefined || layout.write === undefined) return undefined;
  const { key = [], operations }: StreamWriting = one.write ?? {};
  const { write } = layout;
  const filled = one.columns.filter(
    ({ name, drop }) => drop !== true && name !== operations?.column,
  );
  const properties: Record<string, JsonObject> = {};
  for (const column of filled) {
    const most = 'width' in column ? { maxLength: Number(column.width) } : {};
    const limits = limitsOf(one, write, column === one.columns[0]);
    properties[column.name] = { type: 'string', ...most, ...limits };
  }
  if (write.outbox !== undefined) {
    properties[write.outbox] = { type: 'string', 'x-writable': OUTBOX_NAME };
  }
  const required = filled.filter((column) => column.required === true).map(({ name }) => name);
  const outbox = write.outbox === undefined ? [] : [write.outbox];
  const needed = [...new Set([...required, ...key, ...outbox])];
  return { type: 'object', additionalProperties: false, required: needed, properties };
}

/** What a value may not hold, as it would read back as something else. */
function limitsOf(layout: LinesLayout, write: WriteRules, isFirst: boolean): JsonObject {
  const { encoding = 'utf-8', trailer } = layout;
  const isBare = layout.format === 'delimited' && layout.quote === '';
  const bare = isBare ? `(?![^]*${RegExp.escape(layout.separator ?? ';')})` : '';
  const ending = trailer !== undefined && isFirst ? `(?!${RegExp.escape(trailer.prefix)})` : '';
  return {
    ...(write.instead === undefined ? { 'x-encoding': encoding } : {}),
    ...(bare + ending === '' ? {} : { 'x-writable': `^${ending}${bare}` }),
  };
}
