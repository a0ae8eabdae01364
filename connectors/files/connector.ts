import {
  type Connector,
  type FilesOptions,
  InvalidFailure,
  LayoutSink,
  LayoutSource,
  layoutNamed,
  openFiles,
} from '../../core/plugin.ts';

/** See manifest.json. */
export interface Options {
  readonly files: FilesOptions;
  /** Name of the layout file beside the binding's mappings. */
  readonly layout: string;
}

/** Reads and writes the files of any system whose columns a layout file declares. */
export const connector: Connector<Options> = {
  async openSource({ files, layout: name }, context) {
    const layout = await layoutNamed(name, context);
    return new LayoutSource(await openFiles(files, context), layout, context);
  },
  async openSink({ files, layout: name }, context) {
    const layout = await layoutNamed(name, context);
    if (layout.write === undefined) {
      const text = `layout "${name}" says nothing of \`write\`: its files are only read`;
      throw new InvalidFailure('CONFIG_INVALID', text);
    }
    return new LayoutSink(await openFiles(files, context), layout, layout.write, context);
  },
};
