import { didYouMean } from '../../failure/lint.ts';
import { isPacked } from '../packed/unpacked.ts';
import {
  carryOf,
  isRead,
  type Layout,
  type LayoutFault,
  type StreamLayout,
  type XmlColumn,
  type XmlLayout,
} from './layout.ts';
import { isNumbered, type StreamWriting, type WriteRules } from './write-rules.ts';
import { parseXmlPath } from './xml-path.ts';

/** What keeps a layout from being written as it says. */
export function writeFaults(layout: Layout): LayoutFault[] {
  const { write, marker } = layout;
  const streams = Object.entries(layout.streams);
  if (write === undefined) return streams.flatMap(([name, one]) => unwrittenFaults(name, one));
  const names = [...streams.map(([, { file }]) => file), ...(marker === undefined ? [] : [marker])];
  const needsNumber = isNumbered(write.way);
  const wrong = names.filter((name) => name.includes('{number}') !== needsNumber);
  const say = needsNumber
    ? 'has no {number}: the next set would take the place of this one'
    : 'has a {number}: only sets of changes and periods are numbered';
  return [
    ...wrong.map((name) => ({ path: ['write', 'way'], text: `file "${name}" ${say}`, hint: '' })),
    ...streams.flatMap(([name, one]) => streamFaults(name, one, write.way)),
    ...streams.flatMap(([name, one]) => elementFaults(name, one, layout)),
  ];
}

function unwrittenFaults(name: string, stream: StreamLayout): LayoutFault[] {
  if (!('write' in stream) || stream.write === undefined) return [];
  const text = 'nothing of the layout is written: `write` of a stream means nothing';
  return [{ path: ['streams', name, 'write'], text, hint: 'Say `write` of the layout too.' }];
}

/** What is understood when it is read, and cannot be written so that it reads back as it is. */
function readOnlyFaults({ file, columns }: StreamLayout): readonly string[] {
  const written = columns.filter(({ drop }) => drop !== true);
  const numbers = written.filter(({ type }) => type === 'number');
  const short = written.filter(({ pivot }) => pivot !== undefined);
  return [
    ...(isPacked(file) ? ['packed files can be read, not written'] : []),
    ...numbers.map(({ name }) => `column "${name}": numbers can be read, not written: say text`),
    ...short.map(({ name }) => `column "${name}": years of two digits can be read, not written`),
  ];
}

function streamFaults(name: string, stream: StreamLayout, way: WriteRules['way']): LayoutFault[] {
  const fault = (path: readonly string[], text: string, hint = ''): LayoutFault => {
    return { path: ['streams', name, ...path], text, hint };
  };
  if (stream.format !== 'delimited' && stream.format !== 'fixed' && stream.format !== 'xml') {
    return [fault(['format'], `files of the form ${stream.format} can be read, not written`)];
  }
  const { key = [], operations, period }: StreamWriting = stream.write ?? {};
  const faults = readOnlyFaults(stream).map((text) => fault([], text));
  const columns = stream.columns.map((column) => column.name);
  const named = {
    key,
    operations: operations ? [operations.column] : [],
    period: period ? [period] : [],
  };
  for (const [field, names] of Object.entries(named)) {
    for (const column of names.filter((one) => !columns.includes(one))) {
      const hint = didYouMean(column, columns);
      faults.push(fault(['write', field], `no column "${column}"`, hint));
    }
  }
  const carry = carryOf(stream);
  if (carry !== null && way !== 'full') {
    faults.push(fault(['carry'], 'children are written behind their parents in whole sets alone'));
  }
  if (Object.keys(carry?.columns ?? {}).length > 1) {
    faults.push(
      fault(['carry', 'columns'], "a child that is written carries the parent's key alone"),
    );
  }
  if (stream.format === 'delimited' && !['"', ''].includes(stream.quote ?? '"')) {
    faults.push(fault(['quote'], 'quotes can be written as ", or not at all'));
  }
  if (way !== 'full' && key.length === 0) {
    faults.push(
      fault([], 'a set of changes needs the `key` of its records', 'Say `write: { key: [...] }`.'),
    );
  }
  if (way === 'operations' && (stream.format !== 'xml' || operations === undefined)) {
    const text = 'documents for a service are XML, and say what became of each record';
    faults.push(fault(['write', 'operations'], text, 'Say `write: { operations: ... }`.'));
  }
  if ((way === 'period') !== (period !== undefined)) {
    faults.push(fault(['write'], '`period` belongs to the way `period`, and is needed there'));
  }
  if (period !== undefined && !key.includes(period)) {
    faults.push(fault(['write', 'period'], 'the period is a part of the key'));
  }
  return faults;
}

/** What is wrong with the columns of a stream as the elements that are to be written. */
function elementFaults(name: string, stream: StreamLayout, layout: Layout): LayoutFault[] {
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
