import type { Flow } from '../../flow/compiled.ts';
import type { Target } from '../../flow/target.ts';
import { holdOf } from '../../guard/holds.ts';
import { flowsNamed } from '../../night/sync.ts';
import { type Entry, isChange } from '../../plan/compare.ts';
import { type PlanTotals, Tally } from '../../plan/count/totals.ts';
import { readGiven } from '../../plan/override/given.ts';
import { planTarget } from '../../plan/plan.ts';
import type { PlanBatch } from '../../plan/plan-batch.ts';
import { inOnePass, type Place, placeAlone } from '../../plan/together/pass.ts';
import {
  type Engine,
  liveViewsOf,
  plannedNow,
  targetOfFlow,
  todayOf,
  viewNeedsOf,
} from '../../run/engine.ts';
import { stillHeld } from '../../run/guard-plan.ts';
import { dateIn } from '../../schedule/calendar.ts';
import { subjectIn } from '../../store/run-store.ts';
import { afterRetraction, countsOf, type Retraction } from '../../withdraw/retraction.ts';
import { retractionNow } from '../../withdraw/whereabouts.ts';
import { audit } from '../audit.ts';
import type { HeldChanges, PlanRequest } from '../requests.ts';
import { type PlanReport, PlanReporter } from './plan-report.ts';
import { type Stop, stopsOf } from './stops.ts';

/** What each flow would change now. */
export async function planFlows(
  engine: Engine,
  request: PlanRequest,
): Promise<readonly PlanReport[]> {
  const flows = flowsNamed(engine, request.flow);
  const { asksMoved = false, signal } = request;
  const works = flows.map((flow) => async (place: Place) => {
    const stops = await stopsOf(engine, flow, engine, asksMoved ? signal : null);
    return report(engine, flow, request, () => true, place, stops);
  });
  const reports = await inOnePass(plannedNow(engine), works);
  return reports.map(({ told }) => told);
}

/**
 * What each flow would change if the changed files of a folder stood in the workspace: their plans
 * against the stored data, without what would come anyway. Nothing is written. A changed inbound
 * mapping changes nothing here: records are read anew by the next intake.
 */
export async function whatIf(
  engine: Engine,
  overlay: string,
  request: PlanRequest,
): Promise<readonly PlanReport[]> {
  const changed: Engine = { ...engine, workspace: await engine.tryOut(overlay) };
  const reports: PlanReport[] = [];
  for (const flow of flowsNamed(changed, request.flow)) {
    const anyway = new Set<string>();
    for (const present of flowsNamed(engine, flow.name)) {
      for await (const batch of planOf(engine, present, request, placeAlone(plannedNow(engine)))) {
        for (const entry of batch.entries) if (isChange(entry)) anyway.add(nameOf(batch, entry));
      }
    }
    const alone = placeAlone(plannedNow(changed));
    const isNew = (batch: PlanBatch, entry: Entry) => !anyway.has(nameOf(batch, entry));
    const stops = await stopsOf(engine, flow, changed, null);
    reports.push((await report(changed, flow, request, isNew, alone, stops)).told);
  }
  return reports;
}

/**
 * What a held plan would change now of the organisations that wait; null if no such hold is
 * undecided, or it holds no plan.
 */
export async function heldChanges(
  engine: Engine,
  id: string,
  request: Omit<PlanRequest, 'flow'>,
): Promise<HeldChanges | null> {
  const hold = await holdOf(engine.store, id);
  if (hold === null || hold.state === 'used' || hold.state === 'rejected') return null;
  const name = subjectIn(hold, 'flow');
  const [flow] = name === null ? [] : flowsNamed(engine, name);
  if (name === null || flow === undefined) return null;
  const { parts } = hold;
  const units = new Set(parts.map(({ unit }) => unit));
  const isHeld = (_batch: PlanBatch, entry: Entry) => units.has(entry.unit);
  const place = placeAlone(plannedNow(engine));
  const asked = { ...request, flow: name };
  const { told, totals } = await report(engine, flow, asked, isHeld, place, []);
  const isSame = parts.every(({ unit, digest }) => totals.units.get(unit)?.digest === digest);
  return { report: told, isSame };
}

/**
 * The guards' word is about the whole plan, as it would run once what protection takes has gone;
 * the digest is about all of it.
 */
async function report(
  engine: Engine,
  flow: Flow,
  request: PlanRequest,
  isTold: (batch: PlanBatch, entry: Entry) => boolean,
  place: Place,
  stops: readonly Stop[],
): Promise<{ readonly told: PlanReport; readonly totals: PlanTotals }> {
  const { store, now, workspace } = engine;
  const { details, reveal, who } = request;
  if (reveal) await audit(engine, who, 'plan --reveal', flow.name);
  const reporter = new PlanReporter(details, reveal);
  const [whole, rest] = [new Tally(), new Tally()];
  const target = targetOfFlow(engine, flow);
  const retraction = await retractionOfFlow(engine, flow, target);
  const restOf = afterRetraction(retraction);
  for await (const all of planOf(engine, flow, request, place)) {
    const batch = restOf(all);
    whole.add(all);
    rest.add(batch);
    const told = (entry: Entry) => !isChange(entry) || isTold(batch, entry);
    reporter.add({ ...batch, entries: batch.entries.filter(told) });
  }
  const totals = rest.totals();
  const dateOf = (epochMs: number) => dateIn(workspace.config.timeZone, epochMs);
  const reasons = await stillHeld(target, totals, { store, now, dateOf });
  const counted = { ...totals, digest: whole.totals().digest };
  const first = countsOf(retraction);
  const told = { stops, ...reporter.report(target, counted, reasons, first) };
  return { told, totals };
}

function retractionOfFlow(engine: Engine, flow: Flow, target: Target): Promise<Retraction> {
  const { store, workspace } = engine;
  const { canonical } = workspace;
  const [views, needs] = [liveViewsOf(engine, flow), viewNeedsOf(engine, flow)];
  return retractionNow(target, { store, canonical, views, needs, today: () => todayOf(engine) });
}

/** A flow's plan batch by batch, with its progress. */
export async function* planOf(
  engine: Engine,
  flow: Flow,
  { signal, onProgress }: Pick<PlanRequest, 'signal' | 'onProgress'>,
  place: Place,
): AsyncGenerator<PlanBatch> {
  const step = `plan ${flow.name}`;
  let done = 0;
  const target = targetOfFlow(engine, flow);
  const { store, workspace } = engine;
  const sight = await place.enter(target, viewNeedsOf(engine, flow));
  const { canonical } = workspace;
  const given = await readGiven(target, sight.today, { store, canonical });
  for await (const batch of planTarget(target, { ...sight, ledger: store.ledger, given })) {
    signal.throwIfAborted();
    yield batch;
    done += batch.entities;
    onProgress({ step, done, total: null, ended: false });
  }
  onProgress({ step, done, total: done, ended: true });
}

function nameOf({ kind }: PlanBatch, { action, key, hash }: Entry): string {
  return JSON.stringify([kind.kind, action, key, hash]);
}
