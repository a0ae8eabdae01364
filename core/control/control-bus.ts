import type { Finding } from '../failure/finding.ts';
import type { HoldDecision } from '../guard/holds.ts';
import type { EntityRef, Message } from '../message/message.ts';
import type { OnProgress, Progress } from '../message/progress.ts';
import type { SyncReport, SyncRequest } from '../run/sync-request.ts';
import type { GroupName, MessageGroup, MessagePage } from '../store/message-store.ts';
import type { AuditFilter, AuditRecord, Hold, Run } from '../store/run-store.ts';
import type { AuditCheck } from '../store/shared/audit-chain.ts';
import type { Access } from './access/access.ts';
import type { Connection } from './connect.ts';
import type { Explanation, ObjectQuestion } from './explain/explain.ts';
import type { FieldUse } from './explain/explain-field.ts';
import type { PersonHint, Trace } from './explain/trace.ts';
import type { Blockage } from './failed/blockages.ts';
import type { Overview } from './overview/overview.ts';
import type { ScheduledFlow } from './overview/timetable.ts';
import type { Ahead } from './preview/ahead.ts';
import type { PlanReport } from './preview/plan-report.ts';
import type { AdoptionReport, AdoptionRequest } from './reconcile/adoption.ts';
import type { DriftReport } from './reconcile/drift.ts';
import type { PauseRequest } from './serve/pausing.ts';
import type { PurgeReport } from './serve/purge.ts';
import type { Scheduler, ServeRequest } from './serve/serving.ts';
import type { MappingOutline } from './wiring/mapping-outline.ts';
import type { ModuleState } from './wiring/modules.ts';
import type { Wiring } from './wiring/wiring.ts';

export { CATALOGUE, type FailureCode } from '../failure/catalogue.ts';
export { Failure, HeldFailure, InvalidFailure } from '../failure/failure.ts';
export type { Finding, FindingValues } from '../failure/finding.ts';
export { type CauseAndRemedy, knownFailure } from '../failure/known.ts';
export { didYouMean, formatLint, type Lint } from '../failure/lint.ts';
export type { Flow } from '../flow/compiled.ts';
export { approvedParts, type HoldDecision, rejectedParts } from '../guard/holds.ts';
export type { Log } from '../log/log.ts';
export type { EntityRef, Message, Problem } from '../message/message.ts';
export type { OnProgress, Progress } from '../message/progress.ts';
export type { SyncReport, SyncRequest } from '../run/sync-request.ts';
export { sayTime, startOf } from '../schedule/calendar.ts';
export type { GroupName, MessageGroup, MessagePage } from '../store/message-store.ts';
export type { Approval, AuditEntry, AuditRecord, Hold, HoldPart, Run } from '../store/run-store.ts';
export type { AuditCheck } from '../store/shared/audit-chain.ts';
export type { UnreadKind } from '../withdraw/read-back.ts';
export {
  type Access,
  type Account,
  isAccountName,
  LEAST_PASSWORD,
  RIGHTS,
  type Right,
  type SessionState,
} from './access/access.ts';
export type { Connection } from './connect.ts';
export type { Explanation } from './explain/explain.ts';
export type {
  FieldExplanation,
  FieldOrigin,
  FieldUse,
  RecordOrigin,
  RulePlace,
} from './explain/explain-field.ts';
export type { PersonHint, TargetTrace, Trace } from './explain/trace.ts';
export type { ObjectTrace, Prerequisite } from './explain/trace-object.ts';
export type { Blockage } from './failed/blockages.ts';
export type { FlowOutcome, Overview, SourceContact } from './overview/overview.ts';
export type { ScheduledFlow } from './overview/timetable.ts';
export type { Ahead } from './preview/ahead.ts';
export type { EmptyKind, ParkedReason, PlanReport, ReportedChange } from './preview/plan-report.ts';
export type { AdoptionReport } from './reconcile/adoption.ts';
export type { DriftReport } from './reconcile/drift.ts';
export type { Scheduler, ServeRequest } from './serve/serving.ts';
export type { MappingOutline } from './wiring/mapping-outline.ts';
export type { ModuleState } from './wiring/modules.ts';
export type { MappingName, WiredFlow, Wiring } from './wiring/wiring.ts';

/** All that the command line and the dashboard may see or do (EIP: Control Bus). */
export interface ControlBus {
  /** What each flow (or the one named) would change, before anything is changed. */
  plan(request: PlanRequest): Promise<readonly PlanReport[]>;
  /** What the flows' sources hold beside what has been taken in: no plan is about that. */
  ahead(flow: string | null, signal: AbortSignal): Promise<readonly Ahead[]>;
  /** What each flow would change beside that, with the changed files of a folder laid over. */
  whatIf(overlay: string, request: PlanRequest): Promise<readonly PlanReport[]>;
  /** Reads the sources and delivers the flows (or the one named). Audited where a person asks. */
  sync(request: SyncRequest): Promise<SyncReport>;
  /** How the last night went, and what comes next. */
  overview(): Promise<Overview>;
  /** What this process is doing now. */
  underWay(): readonly Progress[];
  runs(limit: number, subject?: string): Promise<readonly Run[]>;
  /** Open failures in groups: what is the matter, where, how many. */
  failureGroups(): Promise<readonly MessageGroup[]>;
  /** One group's messages, page by page. */
  failurePage(group: GroupName, after: number, limit: number): Promise<MessagePage>;
  /** Messages that are blocked behind this one. */
  waitingFor(id: string, limit: number): Promise<readonly Message[]>;
  /** Failures that others wait for, and how many: what waits is no failure of its own. */
  blockages(): Promise<readonly Blockage[]>;
  /** The failure that a message waits for in the end; null if it waits for none. */
  causeOf(message: Message): Promise<Message | null>;
  /** Without those that wait for another, unless they are asked for by their code. */
  failures(filter: FailureFilter): Promise<readonly Message[]>;
  failure(id: string): Promise<Message | null>;
  /** Lets them be tried again with the next delivery; answers how many were found. Audited. */
  retry(ids: readonly string[], who: string): Promise<number>;
  /**
   * Tries a group again: one, a twentieth, the rest; stops where the same failure comes again.
   * Audited.
   */
  retryGroup(request: GroupRequest): Promise<GroupReport>;
  /** Lets an object go again with the next sync although the target has confirmed it. Audited. */
  resend(request: ResendRequest): Promise<Resent>;
  /** Takes them off the list without delivering; the reason is audited. */
  discard(ids: readonly string[], who: string, reason: string): Promise<number>;
  /** The same for those of a group that were there at an instant; answers how many. Audited. */
  discardGroup(request: DiscardGroupRequest): Promise<number>;
  holds(state?: Hold['state']): Promise<readonly Hold[]>;
  /** What a held plan would change; null if no such hold is undecided, or it holds no plan. */
  heldChanges(id: string, request: Omit<PlanRequest, 'flow'>): Promise<HeldChanges | null>;
  /** Null if there is no such open hold. Audited. */
  decideHold(id: string, decision: HoldDecision): Promise<Hold | null>;
  /** The same of several, each audited by itself; answers those that were there. */
  decideHolds(ids: readonly string[], decision: HoldDecision): Promise<readonly Hold[]>;
  /** Open holds of ids of this source that came with another person. */
  identityHolds(source: string): Promise<readonly Hold[]>;
  /**
   * Persons that a word may mean. The look-up is audited, also where it finds nobody, with how many
   * it found and without the word.
   */
  findPersons(word: string, who: string, reason: string): Promise<readonly PersonHint[]>;
  /** Follows an entity from its sources to every target. Audited. */
  trace(entity: EntityRef, who: string): Promise<Trace>;
  /** Why a target holds an object, or a field of it; null if it does not. Audited. */
  explain(question: ObjectQuestion, who: string): Promise<Explanation | null>;
  /** Which fields of which targets are made from this field of an entity kind. */
  uses(kind: string, field: string): readonly FieldUse[];
  /** Which flows and mappings stand between which modules, and what of it has no effect. */
  wiring(): Wiring;
  /** A mapping's rules and how its tests go; null if no bound module has a mapping of this file. */
  mapping(file: string): MappingOutline | null;
  /**
   * What others have changed in a target, by our keys of the objects; `repair` lets the next plan
   * put it right. Audited.
   */
  drift(request: DriftRequest): Promise<DriftReport | null>;
  /**
   * Takes what a target holds already into the ledger, or only shows what it would take; null if
   * there is no such flow. Audited.
   */
  adopt(request: AdoptionRequest): Promise<AdoptionReport | null>;
  /** Every module: its binding without secrets, the flows around it, what its ledger holds. */
  modules(): Promise<readonly ModuleState[]>;
  /** One of them; null if no such module is bound. */
  module(name: string): Promise<ModuleState | null>;
  /**
   * Asks the system of each module that a flow uses (or the one named), at most so long, whether
   * it lets us in.
   */
  connect(limitMs: number, module?: string): Promise<readonly Connection[]>;
  /** When each flow runs by itself, and which of them a person has paused. */
  timetable(): Promise<readonly ScheduledFlow[]>;
  /** Lets a flow, or all, run only where a person says so; audited. Answers which ran before. */
  pause(request: PauseRequest): Promise<readonly string[]>;
  /** Ends that; what was missed is made up for with the next turn. Answers which were paused. */
  resume(request: PauseRequest): Promise<readonly string[]>;
  /** What a person should know now: what waits, has failed, is late or will be. */
  findings(): Promise<readonly Finding[]>;
  /** Forgets what is older than config's `retention`. Audited. */
  purge(who: string): Promise<PurgeReport>;
  /**
   * Runs what is due, hears and looks for news of sources, and mails what is new, until the signal;
   * then stops cleanly. Throws DOORBELL_UNUSABLE, and what a run has thrown.
   */
  serve(request: ServeRequest): Promise<void>;
  /** The clock's hand: runs what is due, and mails what is new. */
  scheduler(): Scheduler;
  /** Who did and looked at what, newest first. */
  auditTrail(limit: number, of?: AuditFilter): Promise<readonly AuditRecord[]>;
  /** All of that, oldest first, to be kept elsewhere. Audited. */
  auditExport(who: string): AsyncIterable<readonly AuditRecord[]>;
  /** Whether every entry is as it was written, and, if given, whether a noted digest is there. */
  checkAudit(noted: string | null): Promise<AuditCheck>;
  /**
   * Writes a copy of all that the hub keeps, as it is between two syncs, to a file that is not
   * there yet. Audited. Throws BUSY while a sync is under way, BACKUP_REFUSED where it cannot be
   * written.
   */
  backup(file: string, who: string): Promise<void>;
  /** Who may use the dashboard. */
  readonly access: Access;
  /**
   * Sends a mail to those who get the findings; answers whom, or null where no mail is set up.
   * Audited.
   */
  testMail(who: string): Promise<readonly string[] | null>;
}

/** What the hub remembers of its own work: whoever looks at it needs the store alone. */
export type Records = Pick<
  ControlBus,
  | 'runs'
  | 'failureGroups'
  | 'blockages'
  | 'causeOf'
  | 'failures'
  | 'failure'
  | 'holds'
  | 'auditTrail'
  | 'auditExport'
  | 'checkAudit'
>;

export interface PlanRequest {
  readonly flow: string | null;
  /** At most this many changes are shown field by field. */
  readonly details: number;
  /** Shows personal values; audited under `who`. */
  readonly reveal: boolean;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

export interface HeldChanges {
  /** Of the organisations that wait, as it is now. */
  readonly report: PlanReport;
  /** It is still what was held: an approval would let it go. */
  readonly isSame: boolean;
}

export interface DriftRequest {
  readonly flow: string;
  readonly repair: boolean;
  readonly who: string;
  readonly signal: AbortSignal;
}

export interface FailureFilter {
  readonly target?: string;
  readonly code?: string;
  readonly limit: number;
}

/** A group of failures of one kind at one target. */
export interface GroupRequest {
  readonly target: string;
  readonly code: string;
  readonly objectKind?: string;
  /** Epoch milliseconds: what has failed since then is not meant. */
  readonly until?: number;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

export interface DiscardGroupRequest
  extends Pick<GroupRequest, 'target' | 'code' | 'objectKind' | 'until' | 'who'> {
  readonly reason: string;
}

export interface GroupReport {
  readonly found: number;
  /** Of those, records and mapping faults, if any: every sync judges them anew. */
  readonly others?: number;
  readonly tried: number;
  /** Of those tried, how many are off the list now. */
  readonly mended: number;
  /** The stage at which the same failure came again: nothing after it was tried. */
  readonly stoppedAt: number | null;
}

export interface ResendRequest {
  readonly flow: string;
  readonly objectKind: string;
  /** Our key of the object. */
  readonly key: string;
  readonly who: string;
  readonly reason: string;
}

/** `set`: the target takes whole sets, and the whole one goes again. */
export type Resent = 'object' | 'set' | 'unknown';
