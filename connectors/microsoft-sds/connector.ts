import { type Connector, type FilesOptions, openFiles } from '../../core/plugin.ts';
import { SdsSink } from './sink.ts';

export interface Options {
  readonly files: FilesOptions;
  /** Also write relationships.csv. Default false. */
  readonly relationships: boolean;
}

export const connector: Connector<Options> = {
  async openSink({ files, relationships }, surroundings) {
    return new SdsSink(await openFiles(files, surroundings), relationships, surroundings);
  },
};
