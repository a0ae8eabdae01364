import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connector } from '../../connectors/barn-och-elevregister/connector.ts';
import { publish, type SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';
import { Failure, type Json, type RecordBatch, type Source } from '../../core/plugin.ts';
import { testContext } from './context.ts';

/** What one sync does: it reads until nothing is left, and asks what was left all the same. */
export interface Night {
  /** Batches in the order in which they were read. */
  readonly read: readonly string[];
  readonly failure: string | null;
  readonly unread: readonly string[];
}

/** The register's folder over several nights, read as a sync reads it; without a hub. */
export class RegisterNights {
  readonly folder: string;
  checkpoint: Json = null;
  isArchiving = true;
  #now = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<RegisterNights> {
    return new RegisterNights(await mkdtemp(join(tmpdir(), 'skolnav-register-')));
  }

  /** A batch made at that local time: `2026-09-01T02:00`. */
  send(name: string, made: string, more: Partial<SimulatedBatch> = {}): Promise<void> {
    return publish(this.folder, { name, datetime: `${made}:00+02:00`, ...more });
  }

  delta(name: string, from: string, to: string): Promise<void> {
    const window = { from: `${from}:00+02:00`, to: `${to}:00+02:00` };
    return this.send(name, to, { window });
  }

  /** Markers that lie there. */
  async left(): Promise<readonly string[]> {
    return (await readdir(this.folder)).filter((name) => name.endsWith('.done'));
  }

  async night(time: string): Promise<Night> {
    this.#now = Date.parse(`${time}:00+02:00`);
    const read: string[] = [];
    for (;;) {
      const source = await this.#open();
      const { goesOn, failure } = await this.#readOne(source, read);
      const unread = goesOn ? [] : ((await source.unread?.(this.checkpoint)) ?? []);
      await source.close();
      if (!goesOn) return { read, failure, unread: unread.map(({ text }) => text) };
    }
  }

  /** What waits behind one read that comes to nothing: up to when it says all, or why it fails. */
  async waiting(time: string): Promise<readonly string[]> {
    this.#now = Date.parse(`${time}:00+02:00`);
    const { signal } = new AbortController();
    const source = await this.#open();
    await endOf(source.read(this.checkpoint, signal));
    const found: string[] = [];
    for await (const delivery of source.waiting?.(this.checkpoint, signal) ?? []) {
      found.push(await endOf(delivery));
    }
    await source.close();
    return found;
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  async #open(): Promise<Source> {
    const { folder, isArchiving } = this;
    const source = await connector.openSource?.(
      { files: { folder }, archive: isArchiving },
      {
        ...testContext(folder),
        now: () => this.#now,
        today: () => '2026-09-01',
        sleep: async () => undefined,
      },
    );
    assert.ok(source !== undefined);
    return source;
  }

  async #readOne(source: Source, read: string[]) {
    let goesOn = false;
    try {
      for await (const batch of source.read(this.checkpoint, new AbortController().signal)) {
        if (batch.checkpoint === null) continue;
        this.checkpoint = batch.checkpoint;
        read.push(String(Object(batch.checkpoint).batch));
        goesOn = batch.more ?? false;
      }
      await source.accepted?.();
      return { goesOn, failure: null };
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      return { goesOn: false, failure: `${failure.code}: ${failure.message}` };
    }
  }
}

/** Up to when a delivery says that it holds everything, or the code of its failure. */
async function endOf(delivery: AsyncIterable<RecordBatch>): Promise<string> {
  let end = '';
  try {
    for await (const { asOf } of delivery) end = new Date(asOf ?? 0).toISOString().slice(5, 16);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return failure.code;
  }
  return end;
}
