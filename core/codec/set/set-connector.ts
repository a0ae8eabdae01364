import type { Connector, Context } from '../../connector/connector.ts';
import type { Files, FilesOptions } from '../../transport/files/files.ts';
import { openFiles } from '../../transport/files/open-files.ts';
import type { DelimitedLayout, Layout } from '../layout/layout.ts';
import { LayoutSink } from '../writing/layout-sink.ts';
import type { WriteRules } from '../writing/write-rules.ts';
import type { SetFile, SetLayout } from './set-layout.ts';

interface Options {
  readonly files: FilesOptions;
  /** People open the files: what a spreadsheet would run is made harmless. Default false. */
  readonly spreadsheet?: boolean;
}

/** The connector of a folder that has a `set.layout.yaml` in place of code. */
export function setConnector(set: SetLayout): Connector<Options> {
  return {
    openSink: async ({ files, ...options }, context) =>
      setSink(await openFiles(files, context), set, options, context),
  };
}

/** Delivers the set: a stream for each object kind, and one for each file that has no kind. */
export function setSink(
  to: Files,
  set: SetLayout,
  options: object,
  context: Pick<Context, 'scratch' | 'today' | 'now'>,
): LayoutSink {
  const { lineEnd, lineBreaks, listSeparator, marker, instead = '?', files } = set;
  const on = new Map(Object.entries(options));
  const spreadsheet = on.get('spreadsheet') === true;
  const isOn = ({ option }: SetFile) => option === undefined || on.get(option) === true;
  const streams = files.filter(isOn).flatMap((file) => {
    const names = file.kinds.length === 0 ? [file.file] : file.kinds;
    return names.map((name) => [name, streamOf(set, file)] as const);
  });
  const style = { lineEnd, lineBreaks, listSeparator, instead, spreadsheet };
  const write: WriteRules = { way: 'full', stamp: 'time', ...style };
  const layout: Layout = { marker, streams: Object.fromEntries(streams), write };
  return new LayoutSink(to, layout, write, context);
}

function streamOf(
  { separator, encoding = 'utf-8' }: SetLayout,
  { file, columns, rows = [], mayRepeat = false }: SetFile,
): DelimitedLayout {
  const fields = columns.map((name) => ({ name }));
  const write = { rows, mayRepeat };
  return { format: 'delimited', file, separator, encoding, columns: fields, write };
}
