import assert from 'node:assert/strict';
import { FileSystemWorld } from './file-system-world.ts';

describe('Språkcentrum: groups of mother tongues at host schools, by JSON', () => {
  let sprakcentrum: FileSystemWorld;

  before(async () => {
    sprakcentrum = await FileSystemWorld.open('sprakcentrum');
  });
  after(() => sprakcentrum?.close());

  it('is taken in whole, and reaches the learning platform', async () => {
    await sprakcentrum.assertQuiet();
    const written = JSON.parse(
      Buffer.from(await sprakcentrum.text('sprakcentrum'), 'latin1').toString(),
    );
    const groups = (await sprakcentrum.entities('group')).filter(({ displayName }) =>
      String(displayName).startsWith('Studiehandledning '),
    );
    assert.equal(groups.length, written.grupper.length);
    const pupils = groups.flatMap(({ groupMemberships }) => groupMemberships ?? []);
    const named = written.grupper.flatMap(({ elever }: { elever: string[] }) => elever);
    assert.equal(pupils.length, named.length);
    assert.ok(named.length > 0);
    assert.match(sprakcentrum.world.lms.site.dump(), /Studiehandledning arabiska/);
  });

  it('takes a pupil out of a group the night that the list lacks him', async () => {
    await sprakcentrum.change('sprakcentrum', /("elever": \[\s*)"[^"]*",?/, '$1');
    const { counts } = sprakcentrum.runOf(await sprakcentrum.world.sync());
    assert.deepEqual([counts['changed'], counts['removed']], [1, 0]);
  });

  it('changes nothing where its file was cut', async () => {
    await sprakcentrum.change('sprakcentrum', /\]\s*\}\s*$/, '');
    const run = sprakcentrum.runOf(await sprakcentrum.world.sync());
    assert.deepEqual([run.outcome, run.problem?.code], ['failed', 'FILE_DAMAGED']);
  });
});
