import assert from 'node:assert/strict';
import type { Hub } from '../../core/hub.ts';
import type { OutboundMapping } from '../../core/mapping/compiled.ts';
import type { Views } from '../../core/view/views.ts';
import { preloadedViews } from '../contract/preloaded-views.ts';
import { World } from '../e2e/world.ts';
import { shippedMappings } from './shipped.ts';

const TODAY = '2026-09-01';
/** Of a hundred entities or records. */
const MOST_ANEW = 1;

describe('the code of the shipped mappings, over a town', () => {
  let world: World;
  before(async () => {
    world = await World.open();
    await world.night(1, 400);
  });
  after(() => world.close());

  it('leaves to the interpreter next to nothing', async () => {
    await world.withHub(async (hub) => {
      const { signal } = new AbortController();
      const request = { flow: 'collaboration', deliver: false, patienceMs: 0, signal };
      await hub.control.sync({ ...request, onProgress: () => undefined });
      for (const { from, ways } of hub.workspace.inbound.get('register') ?? []) {
        const { anew } = ways.generated().counts;
        assert.equal(anew, 0, from.stream);
      }
      const views = await viewsOf(hub);
      const often: string[] = [];
      for (const { mapping } of await shippedMappings()) {
        if (mapping === null || !('project' in mapping)) continue;
        const entities = await projectAll(hub, views, mapping);
        const { anew } = mapping.ways.generated().counts;
        if (anew * 100 > entities * MOST_ANEW)
          often.push(`${mapping.file}: ${anew} of ${entities}`);
      }
      assert.deepEqual(often, []);
    });
  }).timeout(120_000);
});

/** With every relation, as no single flow asks for them. */
function viewsOf({ engine, workspace }: Hub): Promise<Views> {
  const { canonical } = workspace;
  const names = canonical.kinds.map((kind) => {
    const inverses = canonical.get(kind)?.inverses ?? [];
    return [kind, new Set(inverses.map(({ name }) => name))] as const;
  });
  const needs = { protectedPersons: 'exclude', schools: 'all', inverses: new Map(names) } as const;
  return preloadedViews(engine.store.entities, canonical, needs, TODAY);
}

async function projectAll(hub: Hub, views: Views, mapping: OutboundMapping): Promise<number> {
  let count = 0;
  const { run } = mapping.ways.generated();
  for await (const batch of hub.engine.store.entities.scan(mapping.from.kind)) {
    const stored = batch.map(({ entity }) => entity);
    const seen = (await views.of(mapping.from.kind, stored)).filter((view) => view !== null);
    const lookup = await views.lookup(seen.flatMap((view) => mapping.needs(view)));
    for (const view of seen) run(view, { today: TODAY, lookup });
    count += seen.length;
  }
  return count;
}
