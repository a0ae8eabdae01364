import assert from 'node:assert/strict';
import { FileSystemWorld } from './file-system-world.ts';

describe('Mottagandeenheten: newly arrived pupils with temporary numbers', () => {
  let unit: FileSystemWorld;

  before(async () => {
    unit = await FileSystemWorld.open('mottagandeenheten');
  });
  after(() => unit?.close());

  const names = () =>
    unit.world
      .accounts()
      .map(({ userName }) => String(userName))
      .sort();
  const rows = async () => {
    const lines = (await unit.text('nyanlanda')).trim().split('\r\n').slice(1, -1);
    return lines.map((line) => line.split(';'));
  };

  it('gives those an account who have a school already, and no others', async () => {
    await unit.assertQuiet();
    const all = await rows();
    const placed = all.filter((row) => row.includes('GR')).map((row) => row[7]);
    assert.ok(placed.length > 0 && placed.length <= all.length);
    const arrived = all.map((row) => String(row[7]));
    assert.deepEqual(
      names().filter((name) => arrived.includes(name)),
      placed.sort(),
    );
  });

  it('keeps the account of a pupil whose temporary number becomes a real one', async () => {
    const before = names();
    const [row = []] = await rows();
    const born = String(row[5]).replaceAll('-', '');
    await unit.change('nyanlanda', `;${row[1]};;`, `;${row[1]};${born}0009;`);
    const { counts } = unit.runOf(await unit.world.sync());
    assert.deepEqual([counts['changed'], counts['removed']], [1, 0]);
    assert.deepEqual(names(), before);
  });

  it('sets a number aside that is none', async () => {
    await unit.change('nyanlanda', /TF\d\d/, 'TF??');
    const { counts } = unit.runOf(await unit.world.sync());
    assert.deepEqual([counts['quarantined'], counts['removed']], [1, 0]);
  });
});
