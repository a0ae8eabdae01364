import type { StreamLayout } from './layout.ts';

const SETTINGS = [
  ...['encoding', 'header', 'separator', 'quote', 'extraColumns', 'shortRows'],
  ...['trailer', 'end', 'namespaces', 'head', 'list'],
];

/** What a stream says of its file as a whole; `mode` and `optional` are always said. */
export function settingsOf(stream: StreamLayout): Readonly<Record<string, unknown>> {
  const { mode = 'full', optional = false } = stream;
  const said = Object.entries(stream).filter(([key]) => SETTINGS.includes(key));
  return { ...Object.fromEntries(said), mode, optional };
}

/** The stream with what others say of the file that they share, where it says nothing itself. */
export function withSettings(stream: StreamLayout, others: Iterable<StreamLayout>): StreamLayout {
  const said = [...others].map(settingsOf);
  return Object.assign({}, ...said.reverse(), stream);
}
