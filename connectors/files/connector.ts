import {
  type Connector,
  type FilesOptions,
  InvalidFailure,
  type Layout,
  openFiles,
} from '../../core/plugin.ts';
import { LayoutSource } from './source.ts';

/** See manifest.json. */
export interface Options {
  readonly files: FilesOptions;
  /** Name of the layout file beside the binding's mappings. */
  readonly layout: string;
}

/** Reads the files of any register whose columns a layout file declares. */
export const connector: Connector<Options> = {
  async openSource({ files, layout: name }, context) {
    const layout = await context.layout(name);
    if (layout === undefined) {
      const text = `no layout "${name}": mappings/<folder>/${name}.layout.yaml is missing or faulty`;
      throw new InvalidFailure('CONFIG_INVALID', text);
    }
    const opened = await openFiles(files, context);
    // SAFETY: the workspace has checked the layout against its schema.
    return new LayoutSource(opened, layout as Layout, context);
  },
};
