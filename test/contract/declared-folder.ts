import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Layout } from '../../core/codec/layout/layout.ts';
import { LayoutSource } from '../../core/codec/reading/layout-source.ts';
import { openFiles } from '../../core/files/open-files.ts';
import { silentLog } from '../../core/log/log.ts';
import type { Json } from '../../core/message/message.ts';

const NEVER = new AbortController().signal;

/** A folder of declared files, and a clock that the test sets. */
export class DeclaredFolder {
  readonly folder: string;
  now = Date.parse('2026-09-03T02:00:00Z');
  sleep: () => Promise<void> = async () => undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<DeclaredFolder> {
    return new DeclaredFolder(await mkdtemp(join(tmpdir(), 'skolnav-lying-')));
  }

  async write(name: string, text: string | Buffer, at = '2026-09-01T00:00:00Z'): Promise<void> {
    await writeFile(join(this.folder, name), text);
    await utimes(join(this.folder, name), new Date(at), new Date(at));
  }

  async withSource<T>(layout: Layout, use: (source: LayoutSource) => Promise<T>): Promise<T> {
    const files = await openFiles({ folder: this.folder }, { folder: this.folder, log: silentLog });
    const clock = { now: () => this.now, sleep: () => this.sleep() };
    const source = new LayoutSource(files, layout, clock);
    try {
      return await use(source);
    } finally {
      await source.close();
    }
  }

  /** The files that are read, what the next read begins with, and whether it is to follow. */
  read(layout: Layout, since: Json = null) {
    return this.withSource(layout, async (source) => {
      const names = new Set<string>();
      let [checkpoint, more] = [since, false];
      for await (const batch of source.read(since, NEVER)) {
        for (const { file } of batch.records) names.add(file);
        if (batch.checkpoint !== null) checkpoint = batch.checkpoint;
        more = batch.more ?? more;
      }
      return { names: [...names], checkpoint, more };
    });
  }

  /** One read after the other, as long as more is to follow. */
  async readAll(layout: Layout, since: Json = null) {
    const reads: (readonly string[])[] = [];
    let next = { names: [] as readonly string[], checkpoint: since, more: true };
    while (next.more) {
      next = await this.read(layout, next.checkpoint);
      reads.push(next.names);
    }
    return { reads, checkpoint: next.checkpoint };
  }

  /** What is left alone after a read, each with its reason. */
  unread(layout: Layout, since: Json): Promise<readonly string[]> {
    return this.withSource(layout, async (source) => {
      const problems = await source.unread(since);
      return problems.map(({ text }) => text);
    });
  }

  /** The files that wait for a later read, or are left alone. */
  waiting(layout: Layout, since: Json): Promise<readonly string[]> {
    return this.withSource(layout, async (source) => {
      const names = new Set<string>();
      for await (const delivery of source.waiting(since, NEVER)) {
        for await (const { records } of delivery) for (const { file } of records) names.add(file);
      }
      return [...names];
    });
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
