import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { SituationTown } from './situation-town.ts';
import { batchOf, type Town } from './town.ts';

const UNITS = ['north', 'south', 'west', 'east'];
const TOWN: Town = {
  units: UNITS,
  persons: { kim: { born: '2013-04-12' } },
  enrolments: [{ person: 'kim', unit: 'north' }],
  classes: { '7a': { unit: 'north', members: { kim: ['2026-08-18'] } } },
};

/** Unit -> the one above it. */
type Above = Readonly<Record<string, string>>;

describe('situations in which what is above leads back to where it begins', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
    await town.world.guard('{ maxDelete: 100%, maxUpdate: 100%, minimum: 10 }');
  });
  afterEach(() => town.close());

  /** A night with these parents; ends with a plan of everything, which must be empty. */
  async function night(day: string, above: Above): Promise<void> {
    const batch = batchOf(day, TOWN);
    const elements = (batch.elements ?? []).map((element) => withParent(element, above));
    await publish(join(town.world.folder, 'data', 'register'), { ...batch, elements });
    await town.at(`${day}T03:00:00+02:00`);
  }
  /** What School Data Sync is told to be above each unit. */
  async function told(): Promise<Above> {
    const text = await town.world.delivered('orgs.csv');
    const rows = text.trim().split('\r\n').slice(1);
    const cells = rows.map((row) => row.split(','));
    const names = new Map(cells.map(([id, name]) => [id, name ?? '']));
    return Object.fromEntries(
      cells.flatMap(([, name, , up = '']) => (up === '' ? [] : [[name, names.get(up)]])),
    );
  }
  const said = async () => {
    const findings = await town.world.withHub(({ control }) => control.findings());
    return findings.flatMap(({ code, text }) => (code === 'REFERENCES_CIRCULAR' ? [text] : []));
  };

  it('two units, and three: it is said, and no target is told so', async () => {
    await night('2026-09-01', { north: 'south', south: 'north', west: 'south', east: 'east' });
    assert.deepEqual(await told(), { west: 'south' });
    // A sender's top may stand above itself: that is no circle, and nothing is above it.
    assert.match((await said()).join(), /^2 of kind organisation .* by parentOrganisation: ber-/);
    await night('2026-09-02', { north: 'south', south: 'west', west: 'north', east: 'north' });
    assert.deepEqual(await told(), { east: 'north' });
    assert.match((await said()).join(), /^3 of kind organisation/);
  });

  it('where one of them is put right, all of them are', async () => {
    await night('2026-09-01', { north: 'south', south: 'west', west: 'north' });
    assert.deepEqual(await told(), {});
    await night('2026-09-02', { north: 'south', south: 'west', west: 'east' });
    assert.deepEqual(await told(), { north: 'south', south: 'west', west: 'east' });
    assert.deepEqual(await said(), []);
    await night('2026-09-03', { north: 'south', south: 'west', west: 'east', east: 'north' });
    assert.deepEqual(await told(), {});
  });
});

function withParent(element: string, above: Above): string {
  const [, unit = ''] = /^<group><sourcedid><id>(\w+)<\/id>/.exec(element) ?? [];
  const parent = above[unit];
  if (parent === undefined) return element;
  const id = `<sourcedid><id>${parent}</id></sourcedid>`;
  const up = `<relationship relation="1">${id}<label>Parent</label></relationship>`;
  return element.replace('\n<extension>', `${up}\n<extension>`);
}
