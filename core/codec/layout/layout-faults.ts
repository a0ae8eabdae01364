import { didYouMean } from '../../failure/lint.ts';
import { compileDateFormat, DATE_FORM_RULE, shortestDate } from '../../message/date-format.ts';
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
  const text = marker === undefined ? null : fileNameFault(marker);
  return text === null ? [] : [{ path: ['marker'], text: `marker "${marker}": ${text}`, hint: '' }];
}

function fileFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const faults: LayoutFault[] = [];
  // Both may come from the defaults, and from nowhere.
  const said: { readonly file?: string; readonly root?: string } = layout;
  if (said.file === undefined) {
    const text = `stream "${stream}" has no file`;
    return [{ path: ['streams', stream], text, hint: 'Name it there, or in the defaults.' }];
  }
  if (layout.format === 'xml' && said.root === undefined) {
    const text = `stream "${stream}" has no root`;
    faults.push({ path: ['streams', stream], text, hint: 'Name it there, or in the defaults.' });
  }
  const name = fileNameFault(layout.file);
  if (name !== null) {
    const hint = 'For example pupils-{date}.csv, or pupils-{date:MM-dd-yyyy}.csv.';
    const text = `file "${layout.file}": ${name}`;
    faults.push({ path: ['streams', stream, 'file'], text, hint });
  }
  if (layout.trailer?.prefix === '') {
    const text = 'every line begins with an empty prefix: all would be the trailer';
    faults.push({ path: ['streams', stream, 'trailer', 'prefix'], text, hint: '' });
  }
  if (layout.format === 'delimited' && layout.quote === (layout.separator ?? ';')) {
    const text = 'the sign of quotes is that of the separator';
    faults.push({ path: ['streams', stream, 'quote'], text, hint: '' });
  }
  return faults;
}

function columnFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const seen = new Set<string>();
  const faults: LayoutFault[] = [];
  let free = 1;
  for (const [index, column] of layout.columns.entries()) {
    const path = ['streams', stream, 'columns', index];
    const fault = (text: string): number =>
      faults.push({ path, text: `column "${column.name}"${text}`, hint: '' });
    const others = 'names' in column ? (column.names ?? []) : [];
    for (const name of [column.name, ...others].map((one) => one.normalize('NFC'))) {
      if (seen.has(name)) fault(' is declared twice');
      seen.add(name);
    }
    for (const text of valueFaults(column)) fault(text);
    const place = layout.format === 'fixed' ? layout.columns[index] : undefined;
    if (place !== undefined && place.start < free) fault(' overlaps the column before it');
    if (place !== undefined) free = place.start + place.width;
    const shortest = column.type === 'date' ? shortestDate(column.date ?? 'yyyy-MM-dd') : 0;
    if (place !== undefined && shortest > place.width) {
      fault(`: no date of the form ${column.date ?? 'yyyy-MM-dd'} fits ${place.width} characters`);
    }
  }
  return faults;
}

function valueFaults(column: LayoutColumn): readonly string[] {
  const { type = 'text', date, pivot, decimals, pattern } = column;
  const faults: string[] = [];
  const isShort = date?.match(/y+/)?.[0] === 'yy';
  if (decimals !== undefined && type !== 'number') faults.push(' has decimals but is no number');
  if (pattern !== undefined && type === 'number') faults.push(' has a pattern but is no text');
  if (pivot !== undefined && !isShort) faults.push(' has a pivot but no year of two digits');
  if (date !== undefined && type !== 'date') faults.push(' has a date format but is not a date');
  if (date !== undefined && compileDateFormat(date, pivot ?? null) === null) {
    const lacksPivot = isShort && compileDateFormat(date, 0) !== null;
    faults.push(lacksPivot ? ': years of two digits need a pivot' : `: ${DATE_FORM_RULE}`);
  }
  if (pattern !== undefined && compilePattern(pattern) === null) {
    faults.push(': the pattern is no regular expression, or one that could run for ever');
  }
  return faults;
}

function deletedFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const column = layout.deleted?.column;
  const names = layout.columns.filter(isRead).map((each) => each.name);
  if (column === undefined || names.includes(column)) return [];
  const path = ['streams', stream, 'deleted', 'column'];
  return [{ path, text: `no column "${column}"`, hint: didYouMean(column, names) }];
}
