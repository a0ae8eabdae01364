import { nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { compileDateFormat, shortestDate } from '../../message/date-format.ts';
import type { Saying } from '../../message/message.ts';
import { compilePattern } from '../../schema/safe-pattern.ts';
import { fileNameFault } from './file-date.ts';
import { formFaults } from './form-faults.ts';
import {
  isRead,
  type Layout,
  type LayoutColumn,
  type LayoutFault,
  type StreamLayout,
} from './layout.ts';
import { writeFaults } from './write-faults.ts';

/** All faults of a layout that is valid against its JSON Schema. */
export function layoutFaults(layout: Layout): LayoutFault[] {
  return [
    ...markerFaults(layout),
    ...writeFaults(layout),
    ...Object.entries(layout.streams).flatMap(([name, stream]) => [
      ...fileFaults(name, stream),
      ...columnFaults(name, stream),
      ...deletedFaults(name, stream),
      ...formFaults(name, stream, layout),
    ]),
  ];
}

function markerFaults({ marker }: Layout): LayoutFault[] {
  const what = marker === undefined ? null : fileNameFault(marker);
  if (marker === undefined || what === null) return [];
  return [{ path: ['marker'], said: saying('layoutMarker', { name: marker, what }) }];
}

function fileFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const faults: LayoutFault[] = [];
  // Both may come from the defaults, and from nowhere.
  const said: { readonly file?: string; readonly root?: string } = layout;
  if (said.file === undefined) {
    const said = saying('layoutInStream', { stream, what: saying('layoutNoFile', {}) });
    return [{ path: ['streams', stream], said, hint: saying('layoutNameIt', {}) }];
  }
  if (layout.format === 'xml' && said.root === undefined) {
    const said = saying('layoutInStream', { stream, what: saying('layoutNoRoot', {}) });
    faults.push({ path: ['streams', stream], said, hint: saying('layoutNameIt', {}) });
  }
  const name = fileNameFault(layout.file);
  if (name !== null) {
    const examples = { example: 'pupils-{date}.csv', other: 'pupils-{date:MM-dd-yyyy}.csv' };
    const said = saying('layoutFile', { name: layout.file, what: name });
    const hint = saying('layoutFileHint', examples);
    faults.push({ path: ['streams', stream, 'file'], said, hint });
  }
  if (layout.trailer?.prefix === '') {
    const said = saying('layoutEmptyPrefix', {});
    faults.push({ path: ['streams', stream, 'trailer', 'prefix'], said });
  }
  if (layout.format === 'delimited' && layout.quote === (layout.separator ?? ';')) {
    faults.push({ path: ['streams', stream, 'quote'], said: saying('layoutQuote', {}) });
  }
  return faults;
}

function columnFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const seen = new Set<string>();
  const faults: LayoutFault[] = [];
  let free = 1;
  for (const [index, column] of layout.columns.entries()) {
    const path = ['streams', stream, 'columns', index];
    const about = (name: 'layoutColumn' | 'layoutOfColumn', what: Saying): number =>
      faults.push({ path, said: saying(name, { column: column.name, what }) });
    const fault = (what: Saying) => about('layoutColumn', what);
    const others = 'names' in column ? (column.names ?? []) : [];
    for (const name of [column.name, ...others].map((one) => one.normalize('NFC'))) {
      if (seen.has(name)) fault(saying('layoutTwice', {}));
      seen.add(name);
    }
    for (const what of kindFaults(column)) fault(what);
    for (const what of formFaultsOf(column)) about('layoutOfColumn', what);
    const place = layout.format === 'fixed' ? layout.columns[index] : undefined;
    if (place !== undefined && place.start < free) fault(saying('layoutOverlaps', {}));
    if (place !== undefined) free = place.start + place.width;
    const shortest = column.type === 'date' ? shortestDate(column.date ?? 'yyyy-MM-dd') : 0;
    if (place !== undefined && shortest > place.width) {
      const form = column.date ?? 'yyyy-MM-dd';
      about('layoutOfColumn', saying('layoutTooNarrow', { form, width: place.width }));
    }
  }
  return faults;
}

/** What is said of a column that is of another type. */
function kindFaults({ type = 'text', date, pivot, decimals, pattern }: LayoutColumn): Saying[] {
  return [
    ...(decimals !== undefined && type !== 'number' ? [saying('layoutDecimals', {})] : []),
    ...(pattern !== undefined && type === 'number' ? [saying('layoutPattern', {})] : []),
    ...(pivot !== undefined && !isShort(date) ? [saying('layoutPivot', {})] : []),
    ...(date !== undefined && type !== 'date' ? [saying('layoutDateForm', {})] : []),
  ];
}

/** Forms and patterns by which nothing could be read. */
function formFaultsOf({ date, pivot, pattern }: LayoutColumn): Saying[] {
  const faults: Saying[] = [];
  if (date !== undefined && compileDateFormat(date, pivot ?? null) === null) {
    const lacksPivot = isShort(date) && compileDateFormat(date, 0) !== null;
    faults.push(saying(lacksPivot ? 'layoutNeedsPivot' : 'dateFormRule', {}));
  }
  if (pattern !== undefined && compilePattern(pattern) === null) {
    faults.push(saying('layoutRegex', {}));
  }
  return faults;
}

function isShort(date: string | undefined): boolean {
  return date?.match(/y+/)?.[0] === 'yy';
}

function deletedFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const column = layout.deleted?.column;
  const names = layout.columns.filter(isRead).map((each) => each.name);
  if (column === undefined || names.includes(column)) return [];
  const path = ['streams', stream, 'deleted', 'column'];
  return [{ path, said: saying('layoutNoColumn', { column }), hint: nearestTo(column, names) }];
}
