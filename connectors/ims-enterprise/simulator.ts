import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bodyOf,
  type FrontDoorFault,
  serveOnLoopback,
  showAtFrontDoor,
} from '../../core/plugin.ts';
import { FronterBuilding, type Imported } from './simulator-building.ts';

/** A fault that is shown once, at the next request where it makes sense. */
export type SimulatedFault =
  | FrontDoorFault
  /** Takes the next document, and answers 500, or only after this time. */
  | { readonly kind: 'error-after' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** Leaves the next document alone: its changes are "not large enough". */
  | { readonly kind: 'skips' }
  /** The next report counts half of the elements, or each of them twice. */
  | { readonly kind: 'half' | 'twice' }
  /** The next report says it in other words, or says more. */
  | { readonly kind: 'drifted-name' | 'more-fields' }
  /** Until it is healed, a filter in between refuses each document that names this id. */
  | { readonly kind: 'refuses'; readonly id: string };

export interface SimulatorOptions {
  readonly authKey: string;
  /** How long a document waits until it is taken in, in milliseconds. Default 2. */
  readonly importAfterMs?: number;
  /** Default: an empty one. */
  readonly building?: FronterBuilding;
}

export interface FronterSimulator {
  /** As the binding names it. */
  readonly url: string;
  readonly building: FronterBuilding;
  /** The documents that were handed over so far. */
  readonly documents: readonly string[];
  readonly show: (...faults: readonly SimulatedFault[]) => void;
  /** Forgets the faults that are still to be shown. */
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

/** Larger ones have failed. */
const MOST_BYTES = 20_000_000;
const AT_THE_DOOR = ['busy', 'html', 'drip'];
const AT_THE_DOCUMENT = ['error-after', 'slow', 'skips', 'refuses'];

/** Starts a simulated Fronter on a free loopback port; see README.md for what is assumed. */
export async function startFronter(options: SimulatorOptions): Promise<FronterSimulator> {
  const fronter = new Fronter(options);
  const service = await serveOnLoopback((request, response) => fronter.answer(request, response));
  return {
    url: `${service.origin}/es`,
    building: fronter.building,
    documents: fronter.documents,
    show: (...more) => void fronter.faults.push(...more),
    heal: () => void fronter.faults.splice(0),
    stop: service.stop,
  };
}

/** The document that was taken in last, and what became of it. */
interface LastImport extends Imported {
  readonly file: string;
  readonly isSkipped: boolean;
}

class Fronter {
  readonly building: FronterBuilding;
  readonly documents: string[] = [];
  readonly faults: SimulatedFault[] = [];
  readonly #authKey: string;
  readonly #importAfterMs: number;
  readonly #seen = new Set<string>();
  /** One document is taken in after the other. */
  #imports: Promise<void> = Promise.resolve();
  #exported = '';
  #last: LastImport | null = null;

  constructor({ authKey, importAfterMs = 2, building }: SimulatorOptions) {
    this.building = building ?? new FronterBuilding();
    this.#authKey = authKey;
    this.#importAfterMs = importAfterMs;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const [fault] = this.faults;
    if (fault?.kind === 'busy' || fault?.kind === 'html' || fault?.kind === 'drip') {
      this.faults.shift();
      return showAtFrontDoor(response, fault, 'text/plain');
    }
    const url = new URL(request.url ?? '/', 'http://fronter');
    const isKnown = url.searchParams.get('authkey') === this.#authKey;
    if (!isKnown || url.pathname !== '/es/') return send(response, 403, 'No such key');
    if (body.startsWith('STATUS\n')) return send(response, 200, this.#status());
    const [, name = '', document = ''] = /^POSTFILE\n([^\n]+)\n([\s\S]*)$/.exec(body) ?? [];
    if (name === '') return send(response, 400, 'Unknown verb');
    if (body.length > MOST_BYTES) return send(response, 413, 'Too large');
    await this.#receive(name, document, response);
  }

  async #receive(name: string, document: string, response: ServerResponse): Promise<void> {
    const fault = this.#next(AT_THE_DOCUMENT);
    if (fault?.kind === 'refuses') {
      this.faults.unshift(fault);
      if (document.includes(`>${fault.id}<`)) return send(response, 400, 'Bad request');
    }
    this.documents.push(document);
    this.#exported = name;
    const isSkipped = fault?.kind === 'skips' || this.#seen.has(name);
    this.#seen.add(name);
    this.#imports = this.#imports.then(() => this.#import(name, document, isSkipped));
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault?.kind === 'error-after') return send(response, 500, 'Internal error');
    send(response, 200, 'OK');
  }

  async #import(file: string, document: string, isSkipped: boolean): Promise<void> {
    await sleep(this.#importAfterMs);
    const nothing = { records: 0, refused: null, notes: [] };
    this.#last = { file, isSkipped, ...(isSkipped ? nothing : this.building.take(document)) };
  }

  /** The state of the integration, and what became of the last document. */
  #status(): string {
    const exported = line('Data Exported', '2026-09-01 02:00:00', this.#exported);
    const last = this.#last;
    if (last === null || last.file !== this.#exported) return exported;
    const report = [
      line('Data Imported', '2026-09-01 02:00:30', last.file),
      line('Records', String(last.records)),
      ...(last.isSkipped ? [line('Skipped', 'the changes are not large enough')] : []),
      ...(last.refused === null ? [] : [line('Failed', last.refused)]),
      ...last.notes.map((note) => line(note.severity, note.element, note.id, note.code, note.text)),
    ];
    return exported + disturbed(report, last, this.#next([]));
  }

  /** The next fault, unless it is one that is shown elsewhere. */
  #next(among: readonly string[]): SimulatedFault | undefined {
    const [fault] = this.faults;
    if (fault === undefined) return undefined;
    const elsewhere = among.length === 0 ? [...AT_THE_DOOR, ...AT_THE_DOCUMENT] : [];
    const isHere =
      among.length === 0 ? !elsewhere.includes(fault.kind) : among.includes(fault.kind);
    return isHere ? this.faults.shift() : undefined;
  }
}

function disturbed(
  report: readonly string[],
  { records }: LastImport,
  fault: SimulatedFault | undefined,
): string {
  const [first = '', , ...rest] = report;
  const counted = (count: number) => [first, line('Records', String(count)), ...rest].join('');
  switch (fault?.kind) {
    case 'half':
      return counted(Math.floor(records / 2));
    case 'twice':
      return counted(records * 2);
    case 'drifted-name':
      return report.join('').replaceAll('Data Imported', 'Import ended');
    case 'more-fields':
      return report.map((one) => one.replace('\n', '\tmore\n')).join('') + line('Rooms', '12');
    default:
      return report.join('');
  }
}

/** Fields between tabs. */
function line(...fields: readonly string[]): string {
  return `${fields.join('\t')}\n`;
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
