import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';

/**
 * A written layout with its `defaults` in each stream that does not say otherwise. Of a stream
 * they are those that its format has; what is of no layout's shape stays as it is.
 */
export function withDefaults(written: Json): Json {
  if (!isObject(written)) return written;
  const { defaults, streams, ...others } = written;
  if (!isObject(defaults) || !isObject(streams)) return written;
  const whole = Object.entries(streams).map(([name, stream]) => {
    if (!isObject(stream)) return [name, stream];
    const foreign = FOREIGN.get(String(stream['format'])) ?? [];
    const fitting = Object.entries(defaults).filter(([key]) => !foreign.includes(key));
    return [name, { ...Object.fromEntries(fitting), ...stream }];
  });
  return { ...others, streams: Object.fromEntries(whole) };
}

const OF_LINES = ['header', 'trailer'];
const OF_COLUMNS = ['separator', 'quote', 'shortRows'];
const OF_XML = ['root', 'namespaces', 'head'];
/** Format -> defaults that are not its own. */
const FOREIGN: ReadonlyMap<string, readonly string[]> = new Map([
  ['delimited', [...OF_XML, 'list']],
  ['fixed', [...OF_COLUMNS, ...OF_XML, 'list']],
  ['xlsx', ['encoding', 'list', 'end', ...OF_LINES, ...OF_COLUMNS, ...OF_XML]],
  ['xml', ['encoding', 'list', 'extraColumns', ...OF_LINES, ...OF_COLUMNS]],
  ['json', ['extraColumns', ...OF_LINES, ...OF_COLUMNS, ...OF_XML]],
  ['ndjson', ['list', 'extraColumns', ...OF_LINES, ...OF_COLUMNS, ...OF_XML]],
]);
