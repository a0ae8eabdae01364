import type { Connector, Context } from '../connector/connector.ts';
import type { Files, FilesOptions } from '../files/files.ts';
import { openFiles } from '../files/open-files.ts';
import type { Encoding } from './encodings.ts';
import type { DelimitedLayout, Layout } from './layout/layout.ts';
import type { WriteRules } from './layout/write-rules.ts';
import { LayoutSink } from './writing/layout-sink.ts';

/**
 * What a connector's `set.layout.yaml` declares (schemas/hub/set-layout.v1.json): the files of a
 * whole set that a system takes, so that nobody writes code for it.
 */
export interface SetLayout {
  /** The sign between two values. */
  readonly separator: ',' | ';' | '\t' | '|';
  readonly lineEnd: 'crlf' | 'lf';
  /** Default `utf-8`. */
  readonly encoding?: Encoding;
  /** Stands in the place of each letter that the encoding does not have. Default `?`. */
  readonly instead?: string;
  /** The sign between the items of a list in one value. */
  readonly listSeparator: string;
  /** `space`: a line break in a value becomes one; `keep`: it stands in quotes. */
  readonly lineBreaks: 'space' | 'keep';
  /** The file that comes last and counts the rows of the others: a reader goes by it. */
  readonly marker: string;
  /** In the order in which they are put in place. */
  readonly files: readonly SetFile[];
}

/** One file of a set. */
interface SetFile {
  readonly file: string;
  /** The object kinds whose objects are its rows; none where it has `rows` alone. */
  readonly kinds: readonly string[];
  /** Fields of the objects, which are also its header. */
  readonly columns: readonly string[];
  /** Rows that every set has, before those of the objects. */
  readonly rows?: readonly (readonly string[])[];
  /** Several objects may give the same row, which is written once. Default false. */
  readonly mayRepeat?: boolean;
  /** A switch among the connector's options: without it, there is no such file. */
  readonly option?: string;
}

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
