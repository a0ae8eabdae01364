import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadConnectors } from './registry.ts';

describe('a connector that is asked for by a name that none has', () => {
  it('is told by its new name where it was renamed, by the nearest where it was mistyped', async () => {
    const { registry } = await loadConnectors([join(import.meta.dirname, '../../connectors')]);
    assert.match(registry.suggest('delimited-files'), /^It is called files now/);
    assert.match(registry.suggest('itslerning'), /itslearning/);
  });
});
