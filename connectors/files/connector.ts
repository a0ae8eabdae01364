import {
  type Connector,
  type Context,
  type FilesOptions,
  InvalidFailure,
  type Layout,
  LayoutSink,
  LayoutSource,
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
    const layout = await layoutOf(name, context);
    return new LayoutSource(await openFiles(files, context), layout, context);
  },
  async openSink({ files, layout: name }, context) {
    const layout = await layoutOf(name, context);
    if (layout.write === undefined) {
      const text = `layout "${name}" says nothing of \`write\`: its files are only read`;
      throw new InvalidFailure('CONFIG_INVALID', text);
    }
    return new LayoutSink(await openFiles(files, context), layout, layout.write, context);
  },
};

async function layoutOf(name: string, context: Context): Promise<Layout> {
  const layout = await context.layout(name);
  if (layout === undefined) {
    const text = `no layout "${name}": mappings/<folder>/${name}.layout.yaml is missing or faulty`;
    throw new InvalidFailure('CONFIG_INVALID', text);
  }
  // SAFETY: the workspace has checked the layout against its schema.
  return layout as Layout;
}
