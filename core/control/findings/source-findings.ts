import { type Finding, finding, findingOf } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { hasTakenIn, type Run } from '../../store/run-store.ts';
import type { Looking } from '../looking.ts';

const HOUR_MS = 3_600_000;
/** How long a source may be silent of which the configuration does not say it. */
const USUAL_SILENCE_MS = 14 * 24 * HOUR_MS;
const MOST_RUNS = 5000;
/** More runs of one source are never under way, or were when their process died. */
const MOST_UNENDED = 20;

/** Sources that have brought nothing new for longer than their rules allow. */
export async function silentSources({ store, outline, now }: Looking): Promise<readonly Finding[]> {
  const { flows } = outline;
  const found: Finding[] = [];
  const ages = new Map(outline.sources.map(({ module, maxAgeMs }) => [module, maxAgeMs]));
  for (const module of new Set([...ages.keys(), ...flows.flatMap(({ from }) => from)])) {
    const maxAgeMs = ages.get(module) ?? USUAL_SILENCE_MS;
    const about = { subject: module, type: 'intake' } as const;
    const begin = now() - maxAgeMs;
    const late = await store.runs.list({ ...about, from: begin, limit: MOST_RUNS });
    if (late.some(hasBrought)) continue;
    const earlier = await store.runs.list({ ...about, until: begin, limit: MOST_RUNS });
    const since = earlier.find(hasBrought) ?? earlier.at(-1);
    if (since === undefined) continue;
    const hours = Math.round((now() - since.startedAt) / HOUR_MS);
    const said = saying('sourceSilent', { module, hours });
    const cause = { kind: 'silent', name: module, subject: `intake ${module}` } as const;
    found.push(finding(cause, 'SOURCE_LATE', said));
  }
  return found;
}

/** Files without a date are news where something in them is: the same again is silence. */
function hasBrought(run: Run): boolean {
  const { asOf, counts } = run;
  const isNews = asOf !== undefined || (counts['changed'] ?? 0) + (counts['removed'] ?? 0) > 0;
  return isNews && hasTakenIn(run);
}

/**
 * What was odd about the files of each source's newest intake that brought any. What came twice is
 * odd until a whole set comes in which it does not.
 */
export async function oddFiles({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found = new Map<string, Finding>();
  for (const module of new Set(outline.flows.flatMap(({ from }) => from))) {
    const runs = await store.runs.list({ subject: module, type: 'intake', limit: 200 });
    const newest = runs.find(({ counts }) => (counts['records'] ?? 0) > 0);
    const whole = newest?.isWhole === true ? null : runs.find(({ isWhole }) => isWhole);
    const repeated = whole?.remarks?.filter(({ code }) => code === 'RECORD_REPEATED') ?? [];
    for (const one of [...(newest?.remarks ?? []), ...repeated]) {
      // The file has another name every night; what is odd about it stays the same.
      const name = `${module} ${one.code} ${one.place?.field ?? ''}`;
      const cause = { kind: 'odd', name, subject: `intake ${module}` } as const;
      found.set(`${name} ${one.text}`, findingOf(cause, one));
    }
  }
  return [...found.values()];
}

/** What lay at each source when its newest intake ended, and was not read. */
export async function unreadFiles({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const module of new Set(outline.flows.flatMap(({ from }) => from))) {
    const runs = await store.runs.list({ subject: module, type: 'intake', limit: MOST_UNENDED });
    const newest = runs.find(({ endedAt }) => endedAt !== null);
    for (const one of newest?.unread ?? []) {
      // What the run itself has failed for is told as its failure.
      if (one.text === newest?.problem?.text) continue;
      const about = { name: `${module} ${one.place?.file ?? ''}`, subject: `intake ${module}` };
      found.push(findingOf({ kind: 'unread', ...about }, one));
    }
  }
  return found;
}

/**
 * Modules of a database from before whose mappings do not say whose ids they read: what has the
 * same id is one there, as it was.
 */
export function sharedNumbering({ unnamed, outline }: Looking): readonly Finding[] {
  const makers = new Map<string, Set<string>>();
  for (const { module, kind } of outline.unsaid) {
    if (unnamed.has(module)) makers.set(kind, (makers.get(kind) ?? new Set()).add(module));
  }
  return [...makers].flatMap(([kind, modules]) => {
    if (modules.size < 2) return [];
    const named = [...modules].sort().join(' and ');
    const said = saying('numberingShared', { modules: [...modules].sort(), kind });
    const about = { name: `${kind} ${named}`, subject: `canonical ${kind}` };
    return [finding({ kind: 'numbering', ...about }, 'NUMBERING_SHARED', said)];
  });
}
