import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, type Layout, layoutSchemaOf } from '../../core/plugin.ts';
import { describeSource, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';

const LAYOUT: Layout = {
  streams: {
    pupil: {
      file: 'pupils.csv',
      format: 'delimited',
      columns: [
        { name: 'id', required: true },
        { name: 'name' },
        { name: 'born', type: 'date', date: 'M/d/yyyy' },
        { name: 'password', drop: true, reason: 'no target needs it' },
      ],
      trailer: { prefix: '#END', count: 1 },
    },
    school: {
      file: 'schools.txt',
      format: 'fixed',
      encoding: 'iso-8859-1',
      columns: [
        { name: 'code', start: 1, width: 8, required: true },
        { name: 'name', start: 9, width: 20 },
      ],
    },
  },
};

describeSource('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-layout-'));
  const write = async (records: number): Promise<void> => {
    const rows = Array.from(
      { length: records },
      (_, at) => `p${at};Kim Ek;4/${(at % 30) + 1}/2013;x`,
    );
    const lines = ['id;name;born;password', ...rows, `#END;${records}`, ''];
    await writeFile(join(folder, 'pupils.csv'), lines.join('\n'));
    await writeFile(join(folder, 'schools.txt'), '90000001Björkskolan\n', 'latin1');
  };
  await write(3);
  return {
    schemas: new Map([
      ['pupil', layoutSchemaOf(LAYOUT, 'pupil') ?? {}],
      ['school', layoutSchemaOf(LAYOUT, 'school') ?? {}],
    ]),
    open: async () => {
      const source = await connector.openSource?.(
        { files: { folder }, layout: 'town' },
        context(folder),
      );
      if (source === undefined) throw new Error('the connector has a source');
      return source;
    },
    damage: () =>
      writeFile(join(folder, 'pupils.csv'), 'id;name;born;password\np1;Kim;;x\n#END;2\n'),
    enlarge: write,
    close: () => rm(folder, { recursive: true }),
  };
});

function context(folder: string): Context {
  return {
    ...testContext(folder),
    today: () => '2026-09-01',
    now: () => 0,
    sleep: async () => undefined,
    layout: async () => LAYOUT,
  };
}
