import { didYouMean } from '../../failure/lint.ts';
import { parseXmlPath } from '../forms/xml-path.ts';
import { isNumbered } from '../writing/write-rules.ts';
import {
  isRead,
  type Layout,
  type StreamLayout,
  type XmlColumn,
  type XmlLayout,
} from './layout.ts';
import type { LayoutFault } from './layout-fault.ts';

/** What is wrong with the columns of a stream as the elements that are to be written. */
export function elementFaults(name: string, stream: StreamLayout, layout: Layout): LayoutFault[] {
  if (stream.format !== 'xml') return [];
  const apart = firstApart(stream.columns);
  const mixed = mixedFaults(name, stream, layout);
  const faults = stream.columns.flatMap((column, index) =>
    columnFaults(column, stream.columns, Object.keys(layout.streams)).map((fault) => {
      const text = `column "${column.name}": ${fault.text}`;
      return { path: ['streams', name, 'columns', index], text, hint: fault.hint };
    }),
  );
  if (apart === null) return [...mixed, ...faults];
  const text = `elements <${apart}> stand apart from each other`;
  const hint = 'Columns that lead to elements of one name follow one another.';
  return [...mixed, ...faults, { path: ['streams', name, 'columns'], text, hint }];
}

/** Of numbered sets, what is gone is told last, whatever stream it is of. */
function mixedFaults(name: string, { file }: XmlLayout, { streams, write }: Layout): LayoutFault[] {
  const others = Object.entries(streams).filter(
    ([other, one]) => other !== name && one.file === file,
  );
  if (write === undefined || !isNumbered(write.way) || others.length === 0) return [];
  const text = `file "${file}": the streams of one document keep their order in whole sets alone`;
  return [{ path: ['streams', name, 'file'], text, hint: 'Give each stream a file of its own.' }];
}

function columnFaults(
  { all, with: beside, without, constant, reference }: XmlColumn,
  columns: readonly XmlColumn[],
  streams: readonly string[],
): readonly { readonly text: string; readonly hint: string }[] {
  const filled = columns.filter(isRead).map(({ name }) => name);
  const conditions = [beside, without].filter((name) => name !== undefined);
  const isAmiss = conditions.some((name) => constant === undefined || !filled.includes(name));
  const isKnown = reference === undefined || streams.includes(reference);
  const text = '`with` and `without` belong to a constant, and name a column with values';
  return [
    ...(all === true ? [{ text: 'lists can be read, not written', hint: '' }] : []),
    ...(isAmiss ? [{ text, hint: '' }] : []),
    ...(isKnown
      ? []
      : [{ text: `no stream "${reference}" to refer to`, hint: didYouMean(reference, streams) }]),
  ];
}

/** The first element that columns begin, leave for another and come back to: there would be two. */
function firstApart(columns: readonly XmlColumn[]): string | null {
  const begun = new Map<string, string>();
  for (const { name, path = name } of columns) {
    const { up, steps } = parseXmlPath(path) ?? { up: 0, steps: [] };
    let inside = String(up);
    for (const step of steps) {
      const last = begun.get(inside);
      const element = `${inside}/${step.name}`;
      if (last !== element && begun.has(`${element} `)) return step.name;
      begun.set(inside, element);
      begun.set(`${element} `, '');
      inside = `${element}[${step.attribute}=${step.value}]`;
    }
  }
  return null;
}
