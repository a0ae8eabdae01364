import { type Connector, type FilesOptions, openFiles } from '../../core/plugin.ts';
import { type SdsOptions, SdsSink } from './sink.ts';

export interface Options extends SdsOptions {
  readonly files: FilesOptions;
}

export const connector: Connector<Options> = {
  async openSink({ files, ...set }, surroundings) {
    return new SdsSink(await openFiles(files, surroundings), set, surroundings);
  },
};
