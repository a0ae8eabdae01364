import { nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
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
  const say = needsNumber ? 'layoutUnnumbered' : 'layoutNumbered';
  return [
    ...wrong.map((name) => {
      return { path: ['write', 'way'], said: saying(say, { name, number: '{number}' }) };
    }),
    ...streams.flatMap(([name, one]) => streamFaults(name, one, write.way)),
    ...streams.flatMap(([name, one]) => elementFaults(name, one, layout)),
  ];
}

function unwrittenFaults(name: string, stream: StreamLayout): LayoutFault[] {
  if (!('write' in stream) || stream.write === undefined) return [];
  const said = saying('layoutUnwritten', {});
  return [{ path: ['streams', name, 'write'], said, hint: saying('layoutUnwrittenHint', {}) }];
}

/** What is understood when it is read, and cannot be written so that it reads back as it is. */
function readOnlyFaults({ file, columns }: StreamLayout): readonly Saying[] {
  const written = columns.filter(({ drop }) => drop !== true);
  const numbers = written.filter(({ type }) => type === 'number');
  const short = written.filter(({ pivot }) => pivot !== undefined);
  const ofColumn = (name: 'layoutNumbers' | 'layoutShortYears') => (one: { name: string }) =>
    saying('layoutOfColumn', { column: one.name, what: saying(name, {}) });
  return [
    ...(isPacked(file) ? [saying('layoutPacked', {})] : []),
    ...numbers.map(ofColumn('layoutNumbers')),
    ...short.map(ofColumn('layoutShortYears')),
  ];
}

function streamFaults(name: string, stream: StreamLayout, way: WriteRules['way']): LayoutFault[] {
  const fault = (path: readonly string[], said: Saying, hint?: Saying): LayoutFault => {
    return { path: ['streams', name, ...path], said, ...(hint === undefined ? {} : { hint }) };
  };
  if (stream.format !== 'delimited' && stream.format !== 'fixed' && stream.format !== 'xml') {
    return [fault(['format'], saying('layoutReadForm', { form: stream.format }))];
  }
  const { key = [], operations, period }: StreamWriting = stream.write ?? {};
  const faults = readOnlyFaults(stream).map((said) => fault([], said));
  const columns = stream.columns.map((column) => column.name);
  const named = {
    key,
    operations: operations ? [operations.column] : [],
    period: period ? [period] : [],
  };
  for (const [field, names] of Object.entries(named)) {
    for (const column of names.filter((one) => !columns.includes(one))) {
      const said = saying('layoutNoColumn', { column });
      faults.push(fault(['write', field], said, nearestTo(column, columns)));
    }
  }
  const carry = carryOf(stream);
  if (carry !== null && way !== 'full') {
    faults.push(fault(['carry'], saying('layoutChildren', {})));
  }
  if (Object.keys(carry?.columns ?? {}).length > 1) {
    faults.push(fault(['carry', 'columns'], saying('layoutOneKey', {})));
  }
  if (stream.format === 'delimited' && !['"', ''].includes(stream.quote ?? '"')) {
    faults.push(fault(['quote'], saying('layoutQuotes', {})));
  }
  if (way !== 'full' && key.length === 0) {
    const hint = saying('layoutNeedsKeyHint', { line: 'write: { key: [...] }' });
    faults.push(fault([], saying('layoutNeedsKey', {}), hint));
  }
  if (way === 'operations' && (stream.format !== 'xml' || operations === undefined)) {
    const hint = saying('layoutNeedsKeyHint', { line: 'write: { operations: ... }' });
    faults.push(fault(['write', 'operations'], saying('layoutDocuments', {}), hint));
  }
  if ((way === 'period') !== (period !== undefined)) {
    faults.push(fault(['write'], saying('layoutPeriod', {})));
  }
  if (period !== undefined && !key.includes(period)) {
    faults.push(fault(['write', 'period'], saying('layoutPeriodKey', {})));
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
      const said = saying('layoutOfColumn', { column: column.name, what: fault.said });
      return { ...fault, path: ['streams', name, 'columns', index], said };
    }),
  );
  if (apart === null) return [...mixed, ...faults];
  const said = saying('layoutApart', { element: apart });
  const hint = saying('layoutApartHint', {});
  return [...mixed, ...faults, { path: ['streams', name, 'columns'], said, hint }];
}

/** Of numbered sets, what is gone is told last, whatever stream it is of. */
function mixedFaults(name: string, { file }: XmlLayout, { streams, write }: Layout): LayoutFault[] {
  const others = Object.entries(streams).filter(
    ([other, one]) => other !== name && one.file === file,
  );
  if (write === undefined || !isNumbered(write.way) || others.length === 0) return [];
  const said = saying('layoutOrder', { file });
  return [{ path: ['streams', name, 'file'], said, hint: saying('layoutOrderHint', {}) }];
}

function columnFaults(
  { all, with: beside, without, constant, reference }: XmlColumn,
  columns: readonly XmlColumn[],
  streams: readonly string[],
): readonly Pick<LayoutFault, 'said' | 'hint'>[] {
  const filled = columns.filter(isRead).map(({ name }) => name);
  const conditions = [beside, without].filter((name) => name !== undefined);
  const isAmiss = conditions.some((name) => constant === undefined || !filled.includes(name));
  const isKnown = reference === undefined || streams.includes(reference);
  return [
    ...(all === true ? [{ said: saying('layoutLists', {}) }] : []),
    ...(isAmiss ? [{ said: saying('layoutConstant', {}) }] : []),
    ...(isKnown ? [] : [unreferred(reference, streams)]),
  ];
}

function unreferred(
  stream: string,
  streams: readonly string[],
): Pick<LayoutFault, 'said' | 'hint'> {
  return { said: saying('layoutNoReferred', { stream }), hint: nearestTo(stream, streams) };
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
