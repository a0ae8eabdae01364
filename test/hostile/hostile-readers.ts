import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { connector as itslearning } from '../../connectors/itslearning/connector.ts';
import { connector as scim } from '../../connectors/scim/connector.ts';
import {
  Failure,
  type Operation,
  parseXml,
  readDelimited,
  readXmlRecords,
  type Sink,
} from '../../core/plugin.ts';
import { parseYaml } from '../../core/schema/yaml-file.ts';
import { testContext } from '../contract/context.ts';

export const KINDS = ['csv', 'xml', 'yaml', 'soap', 'json'] as const;
export type Kind = (typeof KINDS)[number];

/** Stands in every hostile file; no failure may tell it. */
export const SECRET = 'Qxsecret';

/**
 * Reads a file as the hub would. Answers the code that it ends with, or what was read of it
 * (`reads-2`, `reads-1-sets-aside-1`). Anything thrown but a Failure is a crash.
 */
export async function readHostile(kind: Kind, bytes: Uint8Array): Promise<string> {
  const said = await READERS[kind](bytes).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    assert.doesNotMatch(`${error.message} ${error.hint}`, new RegExp(SECRET), 'it tells the text');
    return error.code;
  });
  const polluted: Readonly<Record<string, unknown>> = {};
  assert.equal(polluted['polluted'], undefined, 'every object has got a property');
  return said;
}

const READERS: Readonly<Record<Kind, (bytes: Uint8Array) => Promise<string>>> = {
  csv: readCsv,
  xml: readXml,
  yaml: readYaml,
  soap: (bytes) => deliverTo(openItslearning(bytes), 'person', PERSON),
  json: readList,
};

async function readCsv(bytes: Uint8Array): Promise<string> {
  const columns = [{ name: 'id', required: true }, { name: 'name' }];
  const style = { separator: ';', quote: '"', header: true, encoding: 'utf-8' } as const;
  const format = { ...style, extraColumns: 'refuse', columns } as const;
  let [read, aside] = [0, 0];
  for await (const { records, faults } of readDelimited(pieces(bytes), format, 'f.csv')) {
    read += records.length;
    aside += faults.length;
    for (const { failure } of faults) assert.doesNotMatch(failure.message, new RegExp(SECRET));
    for (const { values } of records) assert.equal(Object.getPrototypeOf(values), Object.prototype);
  }
  return aside === 0 ? `reads-${read}` : `reads-${read}-sets-aside-${aside}`;
}

/** By the reader of large files and by that of small documents, which must be of one mind. */
async function readXml(bytes: Uint8Array): Promise<string> {
  const format = { file: 'f.xml', root: 'list', records: new Set(['one']) };
  let read = 0;
  for await (const records of readXmlRecords(pieces(bytes), format)) read += records.length;
  parseXml(Buffer.from(bytes).toString('utf8'));
  return `reads-${read}`;
}

async function readYaml(bytes: Uint8Array): Promise<string> {
  const { yaml, lints } = parseYaml('f.yaml', Buffer.from(bytes).toString('utf8'));
  return yaml === null ? (lints[0]?.code ?? 'nothing') : 'reads-1';
}

const PERSON = { syncId: 'k', givenName: `Kim${SECRET}`, familyName: 'Ek', role: 'Student' };
const LIMITS = { requestsPerSecond: 1000, timeoutMs: 2000 };

async function openItslearning(bytes: Uint8Array): Promise<Sink | undefined> {
  const options = { url: 'http://hostile', user: 'hub', password: 'right', removeSchools: false };
  return itslearning.openSink?.({ ...options, ...LIMITS }, answering(bytes, 'text/xml'));
}

async function deliverTo(
  opening: Promise<Sink | undefined>,
  objectKind: string,
  object: Operation['object'],
): Promise<string> {
  const sink = await opening;
  assert.ok(sink?.mode === 'operations');
  const about = { action: 'create', objectKind, key: 'k', formerKey: null } as const;
  const operation = { ...about, object, previous: null, remoteId: null, references: {} };
  const [outcome] = await sink.apply([operation], new AbortController().signal);
  if (outcome?.kind === 'failed') throw outcome.failure;
  return 'reads-1';
}

/** A list that a SCIM service answers, in one page. */
async function readList(bytes: Uint8Array): Promise<string> {
  const options = { url: 'http://hostile', token: 'right', lookup: 'externalId' } as const;
  const more = { ...LIMITS, memberChunk: 100 };
  const sink = await scim.openSink?.({ ...options, ...more }, answering(bytes, 'application/json'));
  assert.ok(sink?.mode === 'operations');
  let read = 0;
  const objects = sink.readBack?.('User', new AbortController().signal) ?? [];
  for await (const { object } of objects) {
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    read += 1;
  }
  return `reads-${read}`;
}

/** A world in which every request is answered with these bytes. */
function answering(bytes: Uint8Array, type: string) {
  const headers = { 'content-type': type };
  const answer = async () => new Response(Buffer.from(bytes), { headers });
  return { ...testContext(tmpdir()), fetch: answer };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
}
