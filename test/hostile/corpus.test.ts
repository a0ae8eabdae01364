import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { connector as register } from '../../connectors/barn-och-elevregister/connector.ts';
import { loadConfig } from '../../core/config/load-config.ts';
import { loadConnectors } from '../../core/connector/registry.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { Failure, readDelimited, readXmlRecords } from '../../core/plugin.ts';
import { testContext } from '../contract/context.ts';
import { KINDS, readHostile, SECRET } from './hostile-readers.ts';

/** Files are named `<what is hostile in it>.<what becomes of it>.<kind>`. */
const CORPUS = join(import.meta.dirname, 'corpus');
const LIMIT_MS = 2000;
const CONFIG = `backend: embedded
data: data
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: data } } }
  collaboration: { connector: microsoft-sds, options: { files: { folder: data } } }
  lms: { connector: itslearning, options: { url: "http://lms", user: hub, password: "\${env:SECRET}" } }
  identity: { connector: scim, options: { url: "http://identity", token: "\${env:SECRET}" } }
`;

for (const kind of KINDS) {
  describe(`hostile ${kind}`, () => {
    it('is read, set aside or refused with a code, within a moment, and never quoted', async () => {
      const names = await readdir(join(CORPUS, kind));
      assert.ok(names.length > 15);
      for (const name of names) {
        const [, expected] = name.split('.');
        const startedAt = performance.now();
        assert.equal(
          await readHostile(kind, await readFile(join(CORPUS, kind, name))),
          expected,
          name,
        );
        assert.ok(performance.now() - startedAt < LIMIT_MS, name);
      }
    });

    it('is neither a crash nor quoted, whatever is cut out of it or put into it', async () => {
      const names = await readdir(join(CORPUS, kind));
      const files = await Promise.all(names.map((name) => readFile(join(CORPUS, kind, name))));
      const property = fc.asyncProperty(
        fc.constantFrom(...files),
        fc.constantFrom(...files),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        async (file, other, [from = 0, to = 0, otherFrom = 0, otherTo = 0]) => {
          const place = (bytes: Buffer, share: number) => Math.floor(bytes.length * share);
          const mutated = Buffer.concat([
            // Names of columns may be quoted: values must not slip into the header.
            Buffer.from(kind === 'csv' ? 'id;name\n' : ''),
            file.subarray(0, place(file, from)),
            other.subarray(place(other, otherFrom), place(other, otherTo)),
            file.subarray(place(file, to)),
          ]);
          await readHostile(kind, mutated);
        },
      );
      await fc.assert(property, { numRuns: 150 });
    });
  });
}

describe('a hostile YAML file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-hostile-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is a lint as a configuration', async () => {
    const { registry } = await loadConnectors([join(BUILT_IN_FOLDER, 'connectors')]);
    for (const name of await readdir(join(CORPUS, 'yaml'))) {
      await mkdir(join(folder, 'config'), { recursive: true });
      const bytes = await readFile(join(CORPUS, 'yaml', name));
      await writeFile(join(folder, 'config', 'hub.yaml'), bytes);
      const { config, lints } = await loadConfig(folder, registry);
      assert.ok(config === null && lints.length > 0, name);
    }
  });

  it('is a lint as a flow and as a mapping, with its line, and spoils no other file', async () => {
    const names = await readdir(join(CORPUS, 'yaml'));
    await mkdir(join(folder, 'config'));
    await writeFile(join(folder, 'config', 'hub.yaml'), CONFIG);
    for (const place of ['flows', 'mappings/scim']) {
      await mkdir(join(folder, place), { recursive: true });
      for (const name of names) {
        const bytes = await readFile(join(CORPUS, 'yaml', name));
        await writeFile(join(folder, place, `${name.split('.')[0]}.yaml`), bytes);
      }
    }
    const { lints } = await loadWorkspace(folder, BUILT_IN_FOLDER);
    for (const name of names) {
      for (const place of ['flows', 'mappings/scim']) {
        const file = `${place}/${name.split('.')[0]}.yaml`;
        const own = lints.filter((lint) => lint.file.endsWith(file));
        assert.ok(own.length > 0 && own.every(({ line }) => line > 0), file);
      }
    }
    assert.ok(lints.every(({ file }) => !/person\.yaml|lms\.yaml/.test(file)));
  });
});

describe('a file without an end', () => {
  /** Counts the bytes that were taken before the reader had enough. */
  async function taken(
    read: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<unknown>,
    head: string,
    piece: string,
  ) {
    let bytes = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(head);
      for (;;) {
        const chunk = Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length)));
        bytes += chunk.length;
        yield chunk;
      }
    }
    await assert.rejects(
      async () => {
        for await (const _ of read(endless()));
      },
      (error: unknown) => error instanceof Failure && error.code === 'FILE_UNSAFE',
    );
    return bytes;
  }
  const csv = (bytes: AsyncIterable<Uint8Array>) => {
    const columns = [{ name: 'id' }, { name: 'name' }];
    const style = { separator: ';', quote: '"', header: true, encoding: 'utf-8' } as const;
    return readDelimited(bytes, { ...style, extraColumns: 'refuse', columns }, 'f.csv');
  };
  const xml = (bytes: AsyncIterable<Uint8Array>) =>
    readXmlRecords(bytes, { file: 'f.xml', root: 'list', records: new Set(['one']) });

  for (const [what, read, head, piece] of [
    ['a line of one field', csv, 'id;name\na;', 'x'],
    ['a line of a hundred thousand fields', csv, 'id;name\na;', 'x;'],
    ['a header of a hundred thousand columns', csv, '', 'x;'],
    ['a quoted field', csv, 'id;name\na;"', 'x""'],
    ['elements inside elements', xml, '<list><one>', '<a>'],
    ['elements side by side', xml, '<list><one>', '<a/>'],
    ['a text with comments in it', xml, '<list><one>', `${'x'.repeat(99)}<!-- -->`],
    ['a comment', xml, '<list><!--', 'x'],
    ['a name', xml, '<list><one', 'x'],
  ] as const) {
    it(`${what}: is given up early, in bounded memory`, async () => {
      assert.ok((await taken(read, head, piece)) < 40_000_000);
    }).timeout(10_000);
  }
});

describe('a marker that leads elsewhere', () => {
  for (const name of [
    ...['../../../etc/passwd', '/etc/passwd', '..', '.', 'ber-20260901/../../x.xml'],
    ...['ber-20260901\\..\\x.xml', 'ber-20260902.xml', 'ber-20260901.xml/..', 'archive/x.xml'],
    ...['ber-20260901.xml%2f..%2fx', 'ber-20260901.\u202exml', `ber-20260901-${SECRET}`],
  ]) {
    it(`${JSON.stringify(name)}: is refused, and not quoted`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'skolnav-marker-'));
      try {
        await writeFile(join(folder, 'ber-20260901.done'), `${'0'.repeat(64)} 1 1 ${name}\n`);
        const options = { files: { folder }, archive: true };
        const source = await register.openSource?.(options, testContext(folder));
        const read = async () => {
          for await (const _ of source?.read(null, new AbortController().signal) ?? []);
        };
        await assert.rejects(read(), (error: unknown) => {
          assert.ok(error instanceof Failure, String(error));
          assert.match(error.code, /FILE_UNSAFE|FILE_DAMAGED/);
          assert.ok(name.length < 3 || !error.message.includes(name));
          return true;
        });
        await source?.close();
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
