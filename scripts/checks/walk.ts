import { Session } from 'node:inspector/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from '../../test/e2e/small-town.ts';
import { World } from '../../test/e2e/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Functions of ours that ran, by file. */
async function walkOf(work: () => Promise<unknown>): Promise<ReadonlyMap<string, number>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const walked = result
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url, functions }) => {
      const named = functions.filter(({ functionName }) => functionName !== '');
      const ran = named.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0);
      return [relative(ROOT, fileURLToPath(url)), ran.length] as const;
    });
  return new Map(walked.filter(([file, ran]) => ran > 0 && file.startsWith('core/')));
}

/**
 * A report, not a gate: through how many files of the core one changed pupil walks, from a delta of
 * the register to one target of single objects.
 */
if (import.meta.main) {
  const world = await World.open();
  const folder = join(world.folder, 'data', 'register');
  await publish(folder, smallTown('ber-20260901', numbers(1, 40)));
  await world.sync();
  await publish(folder, {
    name: 'ber-20260901T0300-delta',
    datetime: '2026-09-01T03:00:00+02:00',
    window: { from: '2026-09-01T02:00:00+02:00', to: '2026-09-01T03:00:00+02:00' },
    elements: [
      `<person recstatus="1"><sourcedid><id>p7</id></sourcedid><name><n>
<family>Nyman</family><given>Kim</given></n></name></person>`,
    ],
  });
  const files = await world.withHub((hub) => {
    const { signal } = new AbortController();
    const request = { onProgress: () => undefined, signal, deliver: true, patienceMs: 0 };
    return walkOf(() => hub.control.sync({ flow: 'identity', ...request }));
  });
  await world.close();
  for (const [file, ran] of [...files].sort()) console.log(`${String(ran).padStart(4)} ${file}`);
  const functions = [...files.values()].reduce((sum, ran) => sum + ran, 0);
  console.log(`${functions} functions of ${files.size} files of the core.`);
}
