import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConnectors } from '../../core/connector/registry.ts';
import { testContext } from '../../test/contract/context.ts';
import { describeSnapshotSink } from '../../test/contract/snapshot-sink.contract.ts';

describeSnapshotSink('oneroster-csv', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-oneroster-'));
  const [target, scratch] = [join(folder, 'target'), join(folder, 'scratch')];
  for (const name of [target, scratch]) await mkdir(name);
  const { registry } = await loadConnectors([join(import.meta.dirname, '..')]);
  const connector = await registry.open('oneroster-csv');
  const options = { files: { folder: 'target' } };
  const sink = await connector.openSink?.(options, { ...testContext(folder), scratch });
  if (sink?.mode !== 'full') throw new Error('a snapshot sink');
  const visible = async (): Promise<ReadonlyMap<string, string>> => {
    const names = await readdir(target);
    if (!names.includes('oneroster.done')) return new Map();
    const files = names.filter((name) => name.endsWith('.csv')).sort();
    const texts = files.map(async (name): Promise<[string, string]> => {
      return [name, await readFile(join(target, name), 'utf8')];
    });
    return new Map(await Promise.all(texts));
  };
  return {
    ...{ sink, visible, objectKind: 'orgs' },
    object: (key) => ({ sourcedId: key, name: key, type: 'school' }),
    leftovers: () => readdir(scratch),
    close: () => rm(folder, { recursive: true }),
  };
});
