import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printOfWorkspace } from './workspace-print.ts';

describe('the print of a workspace', () => {
  let folder: string;
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
    // As of a copy that keeps its times.
    await utimes(join(folder, file), 1, 1);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-print-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is another once any file says another thing, also at the same time and of the same length', async () => {
    const files = [
      'config/hub.yaml',
      'flows/lms.yaml',
      'mappings/scim/user.yaml',
      'mappings/files/tables/sex.csv',
      'schemas/canonical/person.v9.json',
      'schemas/canonical/migrations/person.json',
      'connectors/own/manifest.json',
      'connectors/own/set.layout.yaml',
    ];
    for (const file of files) await write(file, 'one');
    const seen = new Set([printOfWorkspace(folder)]);
    for (const file of files) {
      await write(file, 'two');
      seen.add(printOfWorkspace(folder));
      await rm(join(folder, file));
      seen.add(printOfWorkspace(folder));
    }
    assert.equal(seen.size, 2 * files.length + 1);
  });

  it('is the same for the same files, wherever they lie and whatever lies beside them', async () => {
    const before = printOfWorkspace(folder);
    await write('data/hub/skolnav.db', 'a database');
    await write('flows/notes.txt', 'of nobody');
    assert.equal(printOfWorkspace(folder), before);
    const [text, other] = ['purpose: one\n', await mkdtemp(join(tmpdir(), 'skolnav-print-'))];
    await write('flows/lms.yaml', text);
    await mkdir(join(other, 'flows'));
    await writeFile(join(other, 'flows', 'lms.yaml'), text);
    assert.equal(printOfWorkspace(folder), printOfWorkspace(other));
    await rm(other, { recursive: true });
  });

  it('does not take the end of one file for the beginning of the next', async () => {
    await write('flows/a.yaml', 'x');
    await write('flows/b.yaml', 'y');
    const before = printOfWorkspace(folder);
    await write('flows/a.yaml', 'xy');
    await write('flows/b.yaml', '');
    assert.notEqual(printOfWorkspace(folder), before);
  });
});
