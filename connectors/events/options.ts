import {
  type ConnectorContext,
  InvalidFailure,
  type JsonLayout,
  layoutNamed,
  type QueueOptions,
} from '../../core/plugin.ts';

/** See manifest.json. */
export interface Options {
  readonly layout: string;
  readonly key: string;
  readonly changed?: string;
  readonly webhook?: WebhookOptions;
  readonly queue?: QueueOptions;
  readonly keepDays?: number;
  readonly maxBytes: number;
  readonly maxRecords: number;
}

export interface WebhookOptions {
  readonly secret: string;
  readonly otherSecret?: string;
  readonly toleranceSeconds: number;
}

/** A layout of which every stream is JSON, with the columns that the options name. */
export interface EventLayout {
  readonly streams: Readonly<Record<string, JsonLayout>>;
}

/** The binding's layout. Throws CONFIG_INVALID where events cannot be read by it. */
export async function layoutOf(context: ConnectorContext<Options>): Promise<EventLayout> {
  const { layout: name, key, changed } = context.options;
  const layout = await layoutNamed(name, context);
  const streams = Object.entries(layout.streams).map(([stream, declared]) => {
    if (declared.format !== 'json') throw invalid(`${stream} is not of the format json`);
    const names = declared.columns.filter(({ drop }) => drop !== true).map((one) => one.name);
    for (const needed of changed === undefined ? [key] : [key, changed]) {
      if (!names.includes(needed)) throw invalid(`${stream} has no column ${needed}`);
    }
    // What is sent is the list, or one record of it.
    const { list: _list, ...plain } = declared;
    return [stream, plain] as const;
  });
  return { streams: Object.fromEntries(streams) };

  function invalid(text: string): InvalidFailure {
    return new InvalidFailure('CONFIG_INVALID', `layout "${name}": ${text}`);
  }
}
