import type { Connector } from '../../connector/connector.ts';
import type { FilesOptions } from '../../transport/files/files.ts';
import { openFiles } from '../../transport/files/open-files.ts';
import type { SetLayout } from './set-layout.ts';
import { SetSink } from './set-sink.ts';

interface Options {
  readonly files: FilesOptions;
  /** People open the files: what a spreadsheet would run is made harmless. Default false. */
  readonly spreadsheet?: boolean;
}

/** The connector of a folder that has a `set.layout.yaml` in place of code. */
export function setConnector(layout: SetLayout): Connector<Options> {
  return {
    openSink: async ({ files, ...options }, context) =>
      new SetSink(await openFiles(files, context), layout, options, context),
  };
}
