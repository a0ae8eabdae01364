import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../core/plugin.ts';
import { describeSource, streamSchemas, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { publish, type SimulatedBatch } from './simulator.ts';

const DATETIME = '2026-09-01T02:00:00+02:00';
const NAME = 'ber-20260901';

describeSource('barn-och-elevregister', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-register-'));
  await publish(folder, { name: NAME, datetime: DATETIME, ...town(3) });
  return {
    schemas: await streamSchemas(import.meta.dirname),
    open: async () => {
      const source = await connector.openSource?.(
        { files: { folder }, archive: false },
        context(folder),
      );
      if (source === undefined) throw new Error('the connector has a source');
      return source;
    },
    damage: () => truncate(join(folder, `${NAME}-konto.csv`), 30),
    enlarge: (records) => publish(folder, { name: NAME, datetime: DATETIME, ...town(records / 3) }),
    close: () => rm(folder, { recursive: true }),
  };
});

/** A unit with so many pupils, each with an account. */
function town(pupils: number): Pick<SimulatedBatch, 'elements' | 'rows'> {
  const numbers = Array.from({ length: pupils }, (_, index) => index + 1);
  const persons = numbers.map(
    (number) =>
      `<person><sourcedid><id>p${number}</id></sourcedid><name><n><family>Ek</family>` +
      `<given>Kim</given></n></name><tel teltype="Mobile">+46701740605</tel></person>`,
  );
  const members = numbers.map(
    (number) =>
      `<member><sourcedid><id>p${number}</id></sourcedid><role roletype="Student"><timeframe>` +
      '<begin>2026-08-18</begin></timeframe><extension><placement schooltype="GR"/></extension>' +
      '</role></member>\n',
  );
  const memberships = chunksOf(members, 500).map(
    (some) => `<membership><sourcedid><id>u1</id></sourcedid>${some.join('')}</membership>`,
  );
  const unit =
    '<group><sourcedid><id>u1</id></sourcedid><grouptype><typevalue>Unit</typevalue></grouptype>' +
    '<description><short>Testskolan</short></description></group>';
  const konto = numbers.map((number) => `p${number};p${number}@skola.example;;Elev`);
  return { elements: [...persons, unit, ...memberships], rows: { konto } };
}

function chunksOf(items: readonly string[], size: number): readonly (readonly string[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function context(folder: string): Context {
  return {
    ...testContext(folder),
    today: () => '2026-09-01',
    now: () => Date.parse('2026-09-01T03:00:00Z'),
    sleep: async () => undefined,
  };
}
