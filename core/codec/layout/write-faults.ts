import { didYouMean } from '../../failure/lint.ts';
import type { StreamWriting } from '../writing/write-rules.ts';
import type { Layout, StreamLayout } from './layout.ts';
import type { LayoutFault } from './layout-fault.ts';

/** What keeps a layout from being written as it says. */
export function writeFaults(layout: Layout): LayoutFault[] {
  const { write, marker } = layout;
  const streams = Object.entries(layout.streams);
  if (write === undefined) return streams.flatMap(([name, one]) => unwrittenFaults(name, one));
  const names = [...streams.map(([, { file }]) => file), ...(marker === undefined ? [] : [marker])];
  const isNumbered = write.way !== 'full';
  const wrong = names.filter((name) => name.includes('{number}') !== isNumbered);
  const say = isNumbered
    ? 'has no {number}: the next set would take the place of this one'
    : 'has a {number}: whole sets are not numbered';
  return [
    ...wrong.map((name) => ({ path: ['write', 'way'], text: `file "${name}" ${say}`, hint: '' })),
    ...streams.flatMap(([name, one]) => streamFaults(name, one, isNumbered, write.way)),
  ];
}

function unwrittenFaults(name: string, stream: StreamLayout): LayoutFault[] {
  if (!('write' in stream) || stream.write === undefined) return [];
  const text = 'nothing of the layout is written: `write` of a stream means nothing';
  return [{ path: ['streams', name, 'write'], text, hint: 'Say `write` of the layout too.' }];
}

function streamFaults(
  name: string,
  stream: StreamLayout,
  isNumbered: boolean,
  way: string,
): LayoutFault[] {
  const fault = (path: readonly string[], text: string, hint = ''): LayoutFault => {
    return { path: ['streams', name, ...path], text, hint };
  };
  if (stream.format !== 'delimited' && stream.format !== 'fixed') {
    return [fault(['format'], `files of the form ${stream.format} can be read, not written`)];
  }
  const { key = [], operations, period }: StreamWriting = stream.write ?? {};
  const faults: LayoutFault[] = [];
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
  if (stream.carry !== undefined) {
    faults.push(fault(['carry'], 'what is carried from a parent can be read, not written'));
  }
  if (stream.format === 'delimited' && !['"', ''].includes(stream.quote ?? '"')) {
    faults.push(fault(['quote'], 'quotes can be written as ", or not at all'));
  }
  if (isNumbered && key.length === 0) {
    faults.push(
      fault([], 'a set of changes needs the `key` of its records', 'Say `write: { key: [...] }`.'),
    );
  }
  if ((way === 'period') !== (period !== undefined)) {
    faults.push(fault(['write'], '`period` belongs to the way `period`, and is needed there'));
  }
  if (period !== undefined && !key.includes(period)) {
    faults.push(fault(['write', 'period'], 'the period is a part of the key'));
  }
  return faults;
}
