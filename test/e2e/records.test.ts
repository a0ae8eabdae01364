import assert from 'node:assert/strict';
import { openRecords } from '../../core/records.ts';
import { SpoiltWorkspace } from './spoilt-workspace.ts';

describe('what the hub remembers of its own work', () => {
  let spoilt: SpoiltWorkspace;
  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  it('can be looked at while a mapping has a fault', async () => {
    await spoilt.write('mappings/scim/user.yaml', 'from: nobody.v1\n');
    assert.notDeepEqual(await spoilt.lints(), []);
    const { records, close } = await openRecords(spoilt.folder, {});
    assert.deepEqual([await records.runs(1), await records.holds()], [[], []]);
    await close();
  });

  it('cannot while nobody knows where it is: a faulty config/hub.yaml is refused', async () => {
    await spoilt.write('config/hub.yaml', 'backend: embedded\n');
    await assert.rejects(openRecords(spoilt.folder, {}), /modules is missing/);
  });
});
