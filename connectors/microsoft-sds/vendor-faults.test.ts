import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SetLayout } from '../../core/codec/set-connector.ts';
import { setSink } from '../../core/codec/set-connector.ts';
import { type Bytes, type Files, notWritten } from '../../core/files/files.ts';
import { openFiles } from '../../core/files/open-files.ts';
import { TransientFailure } from '../../core/plugin.ts';
import { parseYaml } from '../../core/schema/yaml-file.ts';
import { testContext } from '../../test/contract/context.ts';

const FILE = join(import.meta.dirname, 'set.layout.yaml');
// SAFETY: a layout that comes with Skolnav; the contract test opens it by its schema.
const LAYOUT = parseYaml(FILE, readFileSync(FILE, 'utf8')).yaml?.value as SetLayout;

/** What becomes of the n-th file that is put in place. */
const FAULTS = {
  'loses the connection in the middle of a file': lostMidway,
  'refuses to rename': async (files: Files, path: string, bytes: Bytes) => {
    await files.put(`${path}.part`, bytes);
    throw notWritten(path, 'it could not be renamed');
  },
  'puts a file in place and loses the connection before it can say so': async (
    files: Files,
    path: string,
    bytes: Bytes,
  ) => {
    await files.put(path, bytes);
    throw new TransientFailure('CONNECTION_LOST', 'the server is gone');
  },
} as const;

const CSV_FILES = 5;

for (const [what, break_] of Object.entries(FAULTS)) {
  describe(`School Data Sync's server ${what}`, () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'skolnav-sds-faults-'));
      for (const name of ['target', 'scratch']) await mkdir(join(folder, name));
    });
    afterEach(() => rm(folder, { recursive: true }));

    for (let at = 1; at <= CSV_FILES + 1; at++) {
      const which = at > CSV_FILES ? 'the marker' : `file ${at}`;
      it(`at ${which}: a reader sees one set or none, never a mixture, and then the new one`, async () => {
        await deliver(folder, 'old', null);
        const lost = deliver(folder, 'new', { at, break_ });
        await assert.rejects(lost, (error) => error instanceof TransientFailure);
        const between = await visibleIn(folder);
        assert.ok(between === null || !between.includes('old'), 'no old set under a new marker');
        await deliver(folder, 'new', null);
        const after = await visibleIn(folder);
        assert.ok(after?.includes('new') && !after.includes('old'));
        assert.deepEqual(await readdir(join(folder, 'scratch')), []);
      });
    }
  });
}

interface Break {
  readonly at: number;
  readonly break_: (files: Files, path: string, bytes: Bytes) => Promise<void>;
}

async function deliver(folder: string, name: string, fault: Break | null): Promise<void> {
  const context = { ...testContext(folder), scratch: join(folder, 'scratch') };
  const files = await openFiles({ folder: 'target' }, context);
  let count = 0;
  const put = async (path: string, bytes: Bytes) => {
    count += 1;
    if (count === fault?.at) await fault.break_(files, path, bytes);
    else await files.put(path, bytes);
  };
  const faulty: Files = {
    put,
    list: (inside) => files.list(inside),
    read: (path) => files.read(path),
    exists: (path) => files.exists(path),
    move: (from, to) => files.move(from, to),
    remove: (path) => files.remove(path),
    close: () => files.close(),
  };
  const sink = setSink(faulty, LAYOUT, { relationships: false }, context);
  const writer = await sink.begin(new AbortController().signal);
  try {
    await writer.write('orgs', [{ sourcedId: name, name, type: 'school' }]);
    await writer.commit();
  } catch (failure) {
    await writer.abort();
    throw failure;
  } finally {
    await sink.close();
  }
}

/** Half of the bytes have gone when the connection breaks. */
async function lostMidway(files: Files, path: string, bytes: Bytes): Promise<void> {
  async function* half(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      yield chunk.subarray(0, Math.floor(chunk.length / 2));
      throw new TransientFailure('CONNECTION_LOST', 'the server is gone');
    }
  }
  await files.put(path, half());
}

/** Everything in the set, for a reader who goes by the marker; null where no set is whole. */
async function visibleIn(folder: string): Promise<string | null> {
  const target = join(folder, 'target');
  const names = await readdir(target);
  if (!names.includes('sds.done')) return null;
  const texts = names.filter((name) => name.endsWith('.csv')).sort();
  return (await Promise.all(texts.map((name) => readFile(join(target, name), 'utf8')))).join('\n');
}
