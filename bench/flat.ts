import { join } from 'node:path';
import { generateCity } from '../scripts/generate/generate-city.ts';
import type { Figure } from './figures.ts';
import { inWorkspace, sync } from './night.ts';

/** Megabytes that the heap of JavaScript may have: whatever needs more ends. */
export const HEAP_LIMIT = 256;

/**
 * What nights of cities of different sizes take under one limit of the heap: a first one, in which
 * a set is delivered and two targets are planned, and one with new whole files and few changes.
 * Processor seconds, and the most memory of the process.
 */
export async function benchFlat(sizes: readonly number[]): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const pupils of sizes) figures.push(...(await benchSize(pupils)));
  return figures;
}

async function benchSize(pupils: number): Promise<readonly Figure[]> {
  const urls = { LMS_URL: 'http://127.0.0.1:9', IDENTITY_URL: 'http://127.0.0.1:9' };
  const flows = ['collaboration', '+lms', '+identity'];
  return inWorkspace(urls, async (folder, environment) => {
    const limited = { ...environment, NODE_OPTIONS: `--max-old-space-size=${HEAP_LIMIT}` };
    const night = async (number: number) => {
      const out = join(folder, 'register');
      const options = { pupils, seed: 'bench', date: '2026-09-01', out, faults: false };
      await generateCity({ ...options, nights: number, from: number });
      return sync(folder, limited, number - 1, ...flows);
    };
    const many = pupils.toLocaleString('en-US');
    const figure = (what: string, value: number, unit: Figure['unit']): Figure => {
      return { what: `${many} pupils: ${what}`, value, unit, against: null };
    };
    const first = await night(1);
    const next = await night(2);
    return [
      figure('first night', first.cpuSeconds, 's'),
      figure('peak memory of it', first.megabytes, 'MB'),
      figure('new files, few changes', next.cpuSeconds, 's'),
      figure('peak memory of it', next.megabytes, 'MB'),
    ];
  });
}
