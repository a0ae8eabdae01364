import { nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
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
    const said = saying('layoutHead', { path });
    const hint = saying('forExample', { example: 'properties/@lang' });
    return [{ path: ['streams', name, 'head', index], said, hint }];
  });
  return [...heads, ...columnPathFaults(name, stream)];
}

function columnPathFaults(name: string, stream: XmlLayout): LayoutFault[] {
  return stream.columns.flatMap(({ name: column, path = column }, index) => {
    const compiled = compileXmlPath(path);
    if (compiled !== null && compiled.up < stream.record.split('/').length) return [];
    const said = saying('layoutOfColumn', { column, what: saying('layoutNoPath', { path }) });
    const example = 'name/given, @id, ../@id, userid[@type="pin"]';
    const hint = saying('forExample', { example });
    return [{ path: ['streams', name, 'columns', index], said, hint }];
  });
}

/** A prefix that stands for no namespace leads nowhere. */
function prefixFaults(name: string, stream: StreamLayout): LayoutFault[] {
  if (stream.format !== 'xml') return [];
  const known = Object.keys(stream.namespaces ?? {});
  const paths = stream.columns.map(({ name: column, path = column }) => path);
  const steps = [stream.root ?? '', stream.record, ...paths].join('/').split(/[/@[=]/);
  const prefixes = steps.flatMap((step) => /^([^":]+):/.exec(step)?.[1] ?? []);
  const foreign = prefixes.find((prefix) => !known.includes(prefix));
  if (foreign === undefined) return [];
  const said = saying('layoutPrefix', { prefix: foreign });
  const path = ['streams', name, 'namespaces'];
  return [{ path, said, hint: nearestTo(foreign, known) }];
}

/** Streams of one file are told apart by their record types, or by paths of one XML document. */
function sharingFaults(name: string, stream: StreamLayout, { streams }: Layout): LayoutFault[] {
  const others = Object.entries(streams).filter(
    ([other, { file }]) => other !== name && file === stream.file,
  );
  const other = others.find(([, one]) => !isToldApart(stream, one));
  if (other === undefined) return contradictions(name, stream, others);
  const said = saying('layoutSameFile', { file: stream.file, other: other[0] });
  const hint = saying('layoutSameFileHint', {});
  return [{ path: ['streams', name, 'file'], said, hint }];
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
      const said = saying('layoutOtherwise', { key, other });
      return { path: ['streams', name, key], said, hint: saying('layoutOtherwiseHint', {}) };
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
    const said = saying('layoutNoParent', { stream: carry.from });
    return [{ path, said, hint: nearestTo(carry.from, Object.keys(streams)) }];
  }
  const known = parent.columns.map((column) => column.name);
  const further = 'carry' in parent ? Object.keys(parent.carry?.columns ?? {}) : [];
  const own = stream.columns.map((column) => column.name);
  const lost = [
    ...(carry.by === undefined || own.includes(carry.by.own) ? [] : [carry.by.own]),
    ...(carry.by === undefined || known.includes(carry.by.parent) ? [] : [carry.by.parent]),
  ];
  const unknown = lost.map((column) => ({ path, said: saying('layoutByColumn', { column }) }));
  const carried = Object.entries(carry.columns).flatMap(([mine, theirs]) => {
    if (own.includes(mine)) return [{ path, said: saying('layoutIsColumn', { column: mine }) }];
    if ([...known, ...further].includes(theirs)) return [];
    const said = saying('layoutNoColumn', { column: theirs });
    return [{ path, said, hint: nearestTo(theirs, known) }];
  });
  return [...unknown, ...carried];
}
