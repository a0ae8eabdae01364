import { type Connector, type FilesOptions, openFiles } from '../../core/plugin.ts';
import { RegisterSource } from './source.ts';

export interface Options {
  readonly files: FilesOptions;
  /** Move a batch to `archive/` when it has been taken in. Default true. */
  readonly archive: boolean;
}

export const connector: Connector<Options> = {
  async openSource({ files, archive }, surroundings) {
    const opened = await openFiles(files, surroundings);
    const isRemote = files.sftp !== undefined;
    return new RegisterSource(opened, { archive, isRemote }, surroundings);
  },
};
