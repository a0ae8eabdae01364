import { didYouMean } from '../../failure/lint.ts';
import {
  type Layout,
  type LayoutFault,
  type StreamLayout,
  settingsOf,
  type XmlLayout,
} from './layout.ts';
import { compileXmlPath } from './xml-path.ts';

/** What is wrong with a stream's paths, and with the streams that share its file. */
export function formFaults(name: string, stream: StreamLayout, layout: Layout): LayoutFault[] {
  return [
    ...pathFaults(name, stream),
    ...prefixFaults(name, stream),
    ...sharingFaults(name, stream, layout),
    ...carryFaults(name, stream, layout),
  ];
}

function pathFaults(name: string, stream: StreamLayout): LayoutFault[] {
  if (stream.format !== 'xml') return [];
  const heads = (stream.head ?? []).flatMap(({ path }, index) => {
    const compiled = compileXmlPath(path);
    if (compiled !== null && compiled.up === 0) return [];
    const text = `head: "${path}" is no path below the root`;
    return [
      { path: ['streams', name, 'head', index], text, hint: 'For example properties/@lang.' },
    ];
  });
  return [...heads, ...columnPathFaults(name, stream)];
}

function columnPathFaults(name: string, stream: XmlLayout): LayoutFault[] {
  return stream.columns.flatMap(({ name: column, path = column }, index) => {
    const compiled = compileXmlPath(path);
    if (compiled !== null && compiled.up < stream.record.split('/').length) return [];
    const text = `column "${column}": "${path}" is no path inside the document`;
    const hint = 'For example name/given, @id, ../@id or userid[@type="pin"].';
    return [{ path: ['streams', name, 'columns', index], text, hint }];
  });
}

/** A prefix that stands for no namespace leads nowhere. */
function prefixFaults(name: string, stream: StreamLayout): LayoutFault[] {
  if (stream.format !== 'xml') return [];
  const known = Object.keys(stream.namespaces ?? {});
  const paths = stream.columns.map(({ name: column, path = column }) => path);
  const steps = [stream.root ?? '', stream.record, ...paths].join('/').split(/[/@[=]/);
  const said = steps.flatMap((step) => /^([^":]+):/.exec(step)?.[1] ?? []);
  const foreign = said.find((prefix) => !known.includes(prefix));
  if (foreign === undefined) return [];
  const text = `"${foreign}:" is the prefix of no namespace of the stream`;
  const path = ['streams', name, 'namespaces'];
  return [{ path, text, hint: didYouMean(foreign, known) }];
}

/** Streams of one file are told apart by their record types, or by paths of one XML document. */
function sharingFaults(name: string, stream: StreamLayout, { streams }: Layout): LayoutFault[] {
  const others = Object.entries(streams).filter(
    ([other, { file }]) => other !== name && file === stream.file,
  );
  const other = others.find(([, one]) => !isToldApart(stream, one));
  if (other === undefined) return contradictions(name, stream, others);
  const text = `file "${stream.file}" is that of "${other[0]}" too, and nothing tells them apart`;
  const hint = 'Give each a recordType at the same place, or elements of the same root.';
  return [{ path: ['streams', name, 'file'], text, hint }];
}

/** What is said of one file twice must be the same; where one says nothing, the other counts. */
function contradictions(
  name: string,
  stream: StreamLayout,
  others: readonly (readonly [string, StreamLayout])[],
): LayoutFault[] {
  const mine = settingsOf(stream);
  return others.flatMap(([other, one]) => {
    const theirs = settingsOf(one);
    const differing = Object.keys(mine).filter((key) => {
      const [a, b] = [JSON.stringify(mine[key]), JSON.stringify(theirs[key])];
      return a !== undefined && b !== undefined && a !== b;
    });
    return differing.map((key) => {
      const text = `${key} is said otherwise by "${other}", of the same file`;
      return { path: ['streams', name, key], text, hint: 'Say it once, in the defaults.' };
    });
  });
}

function isToldApart(one: StreamLayout, other: StreamLayout): boolean {
  if (one.format === 'xml' && other.format === 'xml') return one.root === other.root;
  const [mine, theirs] = [typeOf(one), typeOf(other)];
  if (mine === undefined || theirs === undefined || one.format !== other.format) return false;
  const isSamePlace =
    JSON.stringify({ ...mine, value: '' }) === JSON.stringify({ ...theirs, value: '' });
  return isSamePlace && mine.value !== theirs.value;
}

function typeOf(stream: StreamLayout) {
  return 'recordType' in stream ? stream.recordType : undefined;
}

function carryFaults(name: string, stream: StreamLayout, { streams }: Layout): LayoutFault[] {
  const carry = 'carry' in stream ? stream.carry : undefined;
  if (carry === undefined) return [];
  const path = ['streams', name, 'carry'];
  const parent = streams[carry.from];
  if (parent === undefined || parent.file !== stream.file || carry.from === name) {
    const text = `no other stream "${carry.from}" of the same file`;
    return [{ path, text, hint: didYouMean(carry.from, Object.keys(streams)) }];
  }
  const known = parent.columns.map((column) => column.name);
  const further = 'carry' in parent ? Object.keys(parent.carry?.columns ?? {}) : [];
  const own = stream.columns.map((column) => column.name);
  const lost = [
    ...(carry.by === undefined || own.includes(carry.by.own) ? [] : [carry.by.own]),
    ...(carry.by === undefined || known.includes(carry.by.parent) ? [] : [carry.by.parent]),
  ];
  const unknown = lost.map((name) => ({ path, text: `by: no column "${name}"`, hint: '' }));
  const carried = Object.entries(carry.columns).flatMap(([mine, theirs]) => {
    if (own.includes(mine)) return [{ path, text: `"${mine}" is a column already`, hint: '' }];
    if ([...known, ...further].includes(theirs)) return [];
    return [{ path, text: `no column "${theirs}"`, hint: didYouMean(theirs, known) }];
  });
  return [...unknown, ...carried];
}
