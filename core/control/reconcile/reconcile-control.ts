import { LOST } from '../../dispatch/batch/gone-there.ts';
import type { Engine } from '../../run/engine.ts';
import { underLease } from '../../run/leases/lease.ts';
import { audit } from '../audit.ts';
import type { DriftRequest } from '../requests.ts';
import { type AdoptionReport, type AdoptionRequest, findAdoption } from './adoption.ts';
import { type DriftReport, findDrift } from './drift.ts';
import {
  ADOPTION,
  DRIFT,
  type Inspection,
  type KeptAdoption,
  type KeptDrift,
  keeping,
} from './inspection.ts';

/** What is asked of targets about what they hold, as far as the control bus knows it. */
export interface ReconcileControl {
  /**
   * What others have changed in a target, by our keys of the objects; `repair` lets the next plan
   * put it right. BUSY while somebody else looks. Audited.
   */
  drift(request: DriftRequest): Promise<DriftReport | null>;
  /** How the last look for it goes or went, in any process; null if nobody has looked. */
  driftOf(flow: string): Promise<Inspection<KeptDrift> | null>;
  /**
   * Takes what a target holds already into the ledger, or only shows what it would take; null if
   * there is no such flow. BUSY while somebody else looks. Audited.
   */
  adopt(request: AdoptionRequest): Promise<AdoptionReport | null>;
  /** How the last look for that goes or went, in any process; null if nobody has looked. */
  adoptionOf(flow: string): Promise<Inspection<KeptAdoption> | null>;
}

export async function drift(engine: Engine, request: DriftRequest): Promise<DriftReport | null> {
  const { flow, repair, who } = request;
  await audit(engine, who, repair ? 'drift repair' : 'drift', flow);
  const report = await keeping(DRIFT, engine, request, repair, (held) => {
    const find = (asked: DriftRequest) => findDrift(engine, asked);
    // A run that is under way would write the same rows.
    return repair ? underLease(engine, held, find) : find(held);
  });
  if (report !== null) await LOST.write(engine.store, report.target, null);
  return report;
}

/** Candidates are shown by our keys: who only looks is noted as well. */
export async function adopt(
  engine: Engine,
  request: AdoptionRequest,
): Promise<AdoptionReport | null> {
  const { flow, who, apply, choose } = request;
  const isWriting = apply || choose.size > 0;
  if (!isWriting) await audit(engine, who, 'adoption shown', flow);
  return keeping(ADOPTION, engine, request, isWriting, (held) => {
    const find = (asked: AdoptionRequest) => findAdoption(engine, asked);
    return isWriting ? underLease(engine, held, find) : find(held);
  });
}
