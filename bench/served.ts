import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { serveClients } from '../core/control/serve/clients/serve-clients.ts';
import { type Hub, openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';
import { digestOf } from '../core/message/digest.ts';
import type { JsonObject } from '../core/message/message.ts';
import type { LedgerRow } from '../core/store/ledger-store.ts';
import { type Figure, fastest } from './figures.ts';

const PERSONS = 50_000;
const PAGE = 1000;
const ASKED = 2000;
const SECRET = 'a-secret-that-nobody-can-guess-at-all';
const TARGET = 'timetable:ss12000';
const CONFIG = `backend: embedded
data: hub
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: register } } }
  timetable: { connector: ss12000, options: { client: { id: timetable, secret: "\${env:SECRET}" } } }
served: { port: 0 }
`;
const FLOW = `purpose: A vendor fetches what it needs.
legalBasis: public-task
from: register
to: timetable
entities: { person: {} }
`;

/** What a client fetches by SS 12000, against a plain express handler over the same rows. */
export async function benchServed(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-bench-'));
  try {
    for (const name of ['config', 'register', 'flows']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'config', 'hub.yaml'), CONFIG);
    await writeFile(join(folder, 'flows', 'timetable.yaml'), FLOW);
    const hub = await openHub({ folder, log: silentLog, environment: { SECRET } });
    const rows = Array.from({ length: PERSONS }, (_, at) => rowOf(at));
    await fill(hub, rows);
    const clients = await serveClients(hub.engine, { listens: true, tells: false });
    const plain = await startPlain(rows);
    const token = await tokenOf(clients?.url ?? '');
    const url = `${clients?.url}/timetable/v2.0/persons`;
    const figures = await measure(url, token, plain.url, rows[17]?.ref.key ?? '');
    await plain.stop();
    await clients?.stop();
    await hub.close();
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  url: string,
  token: string,
  plain: string,
  key: string,
): Promise<readonly Figure[]> {
  const readAll = (from: string) => fastest(() => readPages(from, token), 3);
  const askOften = (from: string) => fastest(() => ask(from, token), 3);
  const [plainAll, servedAll] = [await readAll(plain), await readAll(url)];
  const [plainOne, servedOne] = [
    await askOften(`${plain}/${key}`),
    await askOften(`${url}/${key}`),
  ];
  const changed = `${url}?limit=1&sortkey=FamilyNameAsc`;
  const sorted = await fastest(async () => {
    await readOnce(changed, token);
  }, 3);
  const rate = (count: number, seconds: number) => count / seconds;
  return [
    figure('all persons, a plain handler', rate(PERSONS, plainAll), 'records/s', null),
    figure('all persons', rate(PERSONS, servedAll), 'records/s', rate(PERSONS, plainAll)),
    figure('one person, a plain handler', rate(ASKED, plainOne), 'calls/s', null),
    figure('one person', rate(ASKED, servedOne), 'calls/s', rate(ASKED, plainOne)),
    figure(`a page sorted by name, of ${PERSONS}`, sorted, 's', null),
  ];
}

function figure(what: string, value: number, unit: Figure['unit'], against: number | null): Figure {
  return { what: `served: ${what}`, value, unit, against };
}

async function readPages(url: string, token: string): Promise<void> {
  let count = 0;
  for (let next = `${url}?limit=${PAGE}`; next !== ''; ) {
    const page = await readOnce(next, token);
    const { data, pageToken } = Object(page);
    count += data.length;
    next = pageToken === null ? '' : `${url}?limit=${PAGE}&pageToken=${pageToken}`;
  }
  if (count !== PERSONS) throw new Error(`${count} of ${PERSONS} were read`);
}

async function readOnce(url: string, token: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

async function ask(url: string, token: string): Promise<void> {
  for (let at = 0; at < ASKED; at += 4) {
    await Promise.all([1, 2, 3, 4].map(() => readOnce(url, token)));
  }
}

async function tokenOf(url: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: 'timetable', client_secret: SECRET };
  const body = new URLSearchParams(form);
  const answer = await fetch(`${url}/timetable/token`, { method: 'POST', body });
  return Object(await answer.json()).access_token;
}

async function fill({ engine }: Hub, rows: readonly LedgerRow[]): Promise<void> {
  const { ledger } = engine.store;
  await ledger.propose(rows, []);
  await ledger.confirm(TARGET, Date.now());
}

function rowOf(at: number): LedgerRow {
  const id = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  const ref = { target: TARGET, objectKind: 'persons', origin: { kind: 'person', id }, key: id };
  const object: JsonObject = {
    ...{ givenName: `Kim ${at % 97}`, familyName: `Ek ${at % 1009}`, birthDate: '2013-04-12' },
    ...{ personStatus: 'Aktiv', securityMarking: 'Ingen', sex: 'Okänt' },
    emails: [{ value: `kim${at}@elev.skola.example`, type: 'Skola elev' }],
    enrolments: [{ enroledAt: id, schoolType: 'GR', schoolYear: 7, startDate: '2026-08-18' }],
  };
  const confirmed = { remoteId: null, run: 'bench', confirmedAt: 0, suspendedSince: null };
  return { ref, unit: '', hash: digestOf(object), object, ...confirmed };
}

/** The same answers, from memory and without a token: as fast as express alone can be. */
async function startPlain(rows: readonly LedgerRow[]) {
  const all = rows.map(({ ref, object }) => ({ id: ref.key, ...object }));
  const byId = new Map(all.map((one) => [one.id, one]));
  const app = express();
  app.get('/persons', (request, response) => {
    const from = Number(request.query['pageToken'] ?? 0);
    const to = from + PAGE;
    const pageToken = to < all.length ? String(to) : null;
    response.json({ data: all.slice(from, to), pageToken });
  });
  app.get('/persons/:id', (request, response) => {
    response.json(byId.get(request.params.id));
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const stop = async () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/persons`, stop };
}
