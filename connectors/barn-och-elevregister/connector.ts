import { type Connector, type FilesOptions, openFiles } from '../../core/plugin.ts';
import { RegisterSource } from './source.ts';

export interface Options {
  readonly files: FilesOptions;
  /** Move a batch to `archive/` when it has been taken in. Default true. */
  readonly archive: boolean;
}

export const connector: Connector<Options> = {
  async openSource({ files, archive }, context) {
    const opened = await openFiles(files, context);
    const isRemote = files.sftp !== undefined;
    return new RegisterSource(opened, { archive, isRemote }, context);
  },
};
