import type { DriftRequest } from '../requests.ts';
import type { AdoptionReport, AdoptionRequest } from './adoption.ts';
import type { DriftReport } from './drift.ts';
import type { Inspection, KeptAdoption, KeptDrift } from './inspection.ts';

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
