import {
  type ConnectorContext,
  define,
  type FilesOptions,
  InvalidFailure,
  type Layout,
  LayoutSink,
  LayoutSource,
  layoutNamed,
  openFiles,
  type Sink,
  type WriteRules,
} from '../../core/plugin.ts';
import { ImportService } from './import-service.ts';
import { DocumentSink } from './sink.ts';

/** See manifest.json: either `files`, or `url` and `authKey`. */
export interface Options {
  /** Name of the layout file beside the binding's mappings: the profile. */
  readonly layout: string;
  readonly files?: FilesOptions;
  readonly url?: string;
  readonly authKey?: string;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  /** Between two questions for the report of an import. */
  readonly pollMs: number;
  /** How long an import may take. */
  readonly importMs: number;
}

export const connector = define<Options>({
  async openSource(context) {
    const { files } = context.options;
    if (files === undefined) throw unfit(context, 'is for a service: only files can be read');
    return new LayoutSource(await openFiles(files, context), await layoutOf(context), context);
  },
  async openSink(context) {
    const { layout, rules } = await writtenLayoutOf(context);
    return rules.way === 'operations'
      ? openService(layout, rules, context)
      : openSet(layout, rules, context);
  },
});

function openService(layout: Layout, rules: WriteRules, context: ConnectorContext<Options>): Sink {
  const { url, authKey } = context.options;
  if (url === undefined || authKey === undefined) {
    throw unfit(context, 'is for a service: it needs `url` and `authKey`');
  }
  const service = new ImportService(context.client, { ...context.options, authKey }, context);
  return new DocumentSink(service, layout, rules, context);
}

async function openSet(
  layout: Layout,
  rules: WriteRules,
  context: ConnectorContext<Options>,
): Promise<Sink> {
  const { files } = context.options;
  if (files === undefined) throw unfit(context, 'is for files: it needs `files`');
  return new LayoutSink(await openFiles(files, context), layout, rules, context);
}

function layoutOf(context: ConnectorContext<Options>): Promise<Layout> {
  return layoutNamed(context.options.layout, context);
}

async function writtenLayoutOf(
  context: ConnectorContext<Options>,
): Promise<{ readonly layout: Layout; readonly rules: WriteRules }> {
  const layout = await layoutOf(context);
  if (layout.write === undefined) throw unfit(context, 'says nothing of `write`');
  return { layout, rules: layout.write };
}

function unfit({ options }: ConnectorContext<Options>, why: string): InvalidFailure {
  return new InvalidFailure('CONFIG_INVALID', `layout "${options.layout}" ${why}`);
}
