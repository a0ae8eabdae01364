import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inEnglish } from '../failure/saying.ts';
import { loadConnectors } from './registry.ts';

describe('a connector', () => {
  const load = async () =>
    (await loadConnectors([join(import.meta.dirname, '../../connectors')])).registry;

  it('is known by the names that it had, as older workspaces say them', async () => {
    const registry = await load();
    assert.equal(registry.manifest('delimited-files'), registry.manifest('files'));
    assert.ok(registry.manifests().every(({ name }) => name !== 'delimited-files'));
    assert.ok((await registry.open('delimited-files')).openSource !== undefined);
  });

  it('is told by the nearest name where it was mistyped', async () => {
    assert.match(inEnglish((await load()).suggest('itslerning')), /itslearning/);
  });
});
