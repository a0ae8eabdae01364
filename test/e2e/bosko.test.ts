import assert from 'node:assert/strict';
import { decoderOf } from '../../core/codec/encodings.ts';
import { FileSystemWorld } from './file-system-world.ts';

describe('Bosko: queue, placements and attendance schedules, by fixed columns', () => {
  let bosko: FileSystemWorld;

  before(async () => {
    bosko = await FileSystemWorld.open('bosko');
  });
  after(() => bosko?.close());

  const lines = async (type: string) =>
    (await bosko.text('bosko')).split('\r\n').filter((line) => line.startsWith(type));

  it('is taken in whole: each record becomes what it is', async () => {
    await bosko.assertQuiet();
    const placements = await bosko.entities('placement');
    const open = placements.filter(({ schoolType }) => schoolType === 'OPPFTH');
    assert.equal(open.length, (await lines('20')).length);
    const schedules = await bosko.entities('attendance-schedule');
    assert.equal(schedules.length, open.length);
    assert.ok(schedules.length > 0);
    for (const { placement, scheduleEntries } of schedules) {
      assert.ok(open.some(({ id }) => JSON.stringify(placement).includes(id)));
      assert.deepEqual(Array.isArray(scheduleEntries) && scheduleEntries[4], {
        ...{ weekOffset: 0, dayOfWeek: 'Fredag', startTime: '14:00', endTime: '16:00' },
      });
    }
    const applications = await bosko.entities('queue-application');
    assert.equal(applications.length, (await lines('40')).length);
    for (const { choices } of applications) {
      assert.equal(Array.isArray(choices) && choices.length, 2);
    }
  });

  it('keeps the letters of its old code page', async () => {
    const decode = decoderOf('cp850');
    const written = (await lines('40')).map((line) => {
      return decode(Buffer.from(line, 'latin1')).slice(106, 146).trim();
    });
    const names = (await bosko.entities('person')).map(({ familyName }) => familyName);
    assert.match(written.join(''), /[ÄÖÅäöåé]/);
    assert.deepEqual(
      written.filter((name) => !names.includes(name)),
      [],
    );
  });

  it('sets a schedule aside with the presence that follows it, and nothing else', async () => {
    const before = await bosko.entities('attendance-schedule');
    await bosko.change('bosko', /(\r\n30.{74})\d{8}/, '$120261399');
    const { counts } = bosko.runOf(await bosko.world.sync());
    assert.deepEqual([counts['quarantined'], counts['removed']], [6, 0]);
    assert.deepEqual(await bosko.entities('attendance-schedule'), before);
  });

  it('changes nothing where its trailer counts otherwise', async () => {
    await bosko.change('bosko', /\r\n99\d{6}/, '\r\n99000001');
    const run = bosko.runOf(await bosko.world.sync());
    assert.deepEqual([run.outcome, run.problem?.code], ['failed', 'FILE_DAMAGED']);
  });
});
