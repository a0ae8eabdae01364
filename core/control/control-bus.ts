import type { Finding } from '../failure/finding.ts';
import type { HoldDecision } from '../guard/holds.ts';
import type { Message } from '../message/message.ts';
import type { Progress } from '../message/progress.ts';
import type { SyncReport, SyncRequest } from '../run/sync-request.ts';
import type { Ending, GroupName, MessageGroup } from '../store/message-store.ts';
import type { AuditFilter, AuditRecord, Hold, Run } from '../store/run-store.ts';
import type { AuditCheck } from '../store/shared/audit-chain.ts';
import type { Access, Account } from './access/access.ts';
import type { Right } from './access/rights.ts';
import type { Connection } from './connect.ts';
import type { EntityLooks } from './explain/entity-looks.ts';
import type { Blockage } from './failed/blockages.ts';
import type { FailurePages } from './failed/failure-page.ts';
import type { ImpactLooks } from './failed/impact.ts';
import type { GroupRetry, RetryName, RetryWish } from './failed/kept-retry.ts';
import type {
  DiscardGroupRequest,
  FailureFilter,
  GroupReport,
  GroupRequest,
  ResendRequest,
  Resent,
  RestoreGroupRequest,
  RowRequest,
  RowTrial,
} from './failed/requests.ts';
import type { GroupStory, Remark, StoryName } from './failed/stories.ts';
import type { OverrideControl } from './mend/override-requests.ts';
import type { TableGap } from './mend/table-gap.ts';
import type { Overview } from './overview/overview.ts';
import type { ScheduledFlow } from './overview/timetable.ts';
import type { Unreached } from './overview/unreached.ts';
import type { QueueState, WorkerState } from './overview/workers.ts';
import type { Ahead } from './preview/ahead.ts';
import type { HoldLooks } from './preview/hold-looks.ts';
import type { MappingControl } from './preview/mapping-request.ts';
import type { PlanReport } from './preview/plan-report.ts';
import type { ReconcileControl } from './reconcile/reconcile-control.ts';
import type { PlanRequest } from './requests.ts';
import type { Digest } from './serve/digest.ts';
import type { PauseRequest } from './serve/pausing.ts';
import type { PurgeReport } from './serve/purge.ts';
import type { Role, Scheduler, ServeRequest } from './serve/serving.ts';
import type { Speech } from './serve/speech.ts';
import type { MappingOutline } from './wiring/mapping-outline.ts';
import type { ModuleState } from './wiring/modules.ts';
import type { Wiring } from './wiring/wiring.ts';

export {
  CATALOGUE,
  type CauseAndRemedy,
  type FailureCode,
  knownFailure,
} from '../failure/catalogue.ts';
export { Failure, HeldFailure, InvalidFailure } from '../failure/failure.ts';
export type { Finding, FindingKind } from '../failure/finding.ts';
export { didYouMean, formatLint, type Lint, LintsFailure } from '../failure/lint.ts';
export { inEnglish, inWords, SENTENCES, type Sentences, saying } from '../failure/saying.ts';
export { asFileFailure, systemFault } from '../failure/system-fault.ts';
export type { Flow } from '../flow/compiled.ts';
export { approvedParts, type HoldDecision, rejectedParts } from '../guard/holds.ts';
export type { Log } from '../log/log.ts';
export type { MappingTestResult } from '../mapping/mapping-tests.ts';
export { isSameSecret, jsonIn } from '../message/digest.ts';
export type { EntityRef, Message, Outage, Problem, Saying } from '../message/message.ts';
export { MESSAGE_TYPES, TROUBLED } from '../message/message.ts';
export type { OnProgress, Progress } from '../message/progress.ts';
export type { Lock } from '../plan/override/locks.ts';
export type { SyncReport, SyncRequest } from '../run/sync-request.ts';
export { sayTime, startOf } from '../schedule/calendar.ts';
export type {
  Ending,
  GroupName,
  GroupPart,
  MessageGroup,
  OfPart,
  OfUnit,
  PageKey,
  PlaceName,
} from '../store/message-store.ts';
export type { Override } from '../store/override-store.ts';
export {
  type Approval,
  type AuditEntry,
  type AuditRecord,
  type Hold,
  type HoldPart,
  type Run,
  subjectIn,
  tookMs,
} from '../store/run-store.ts';
export type { AuditCheck } from '../store/shared/audit-chain.ts';
export type { UnreadKind } from '../withdraw/read-back.ts';
export {
  type Access,
  type Account,
  isAccountName,
  type KnownAccount,
  LEAST_PASSWORD,
  type SessionState,
} from './access/access.ts';
export { RightMissing } from './access/narrowed/gate.ts';
export { aboutTarget } from './access/narrowed/reach.ts';
export { FLOW_RIGHTS, type Grant, grantsIn, partsOf, RIGHTS, type Right } from './access/rights.ts';
export type { Connection } from './connect.ts';
export type { Explanation, SetField } from './explain/explain.ts';
export type {
  FieldExplanation,
  FieldOrigin,
  FieldUse,
  RecordOrigin,
  RulePlace,
} from './explain/explain-field.ts';
export type { PersonHint } from './explain/find-person.ts';
export type { GroupDay } from './explain/members.ts';
export type { ObjectStory } from './explain/object-story.ts';
export type { Past, PastObject, PastTarget } from './explain/past.ts';
export type { TargetTrace, Trace } from './explain/trace.ts';
export type { ObjectTrace, Prerequisite } from './explain/trace-object.ts';
export type { Blockage } from './failed/blockages.ts';
export type * from './failed/failure-page.ts';
export type * from './failed/impact.ts';
export type { GroupRetry, RetryName, RetryWish } from './failed/kept-retry.ts';
export type * from './failed/requests.ts';
export { FAILURE_ORDERS, partOf } from './failed/requests.ts';
export type { GroupStory, Remark } from './failed/stories.ts';
export type * from './mend/override-requests.ts';
export type { TableGap } from './mend/table-gap.ts';
export type { FlowOutcome, Overview, SourceContact } from './overview/overview.ts';
export type { ScheduledFlow } from './overview/timetable.ts';
export type { QueueState, WorkerState } from './overview/workers.ts';
export type { Ahead } from './preview/ahead.ts';
export type * from './preview/hold-looks.ts';
export type * from './preview/mapping-request.ts';
export type { EmptyKind, ParkedReason, PlanReport, ReportedChange } from './preview/plan-report.ts';
export type { Stop } from './preview/stops.ts';
export type { AdoptionReport } from './reconcile/adoption.ts';
export type { DriftReport } from './reconcile/drift.ts';
export type { Found, Inspection, KeptAdoption, KeptDrift } from './reconcile/inspection.ts';
export type * from './requests.ts';
export type { Digest } from './serve/digest.ts';
export type * from './serve/serving.ts';
export { ROLES } from './serve/serving.ts';
export { ENGLISH, findingIn, type Speech, sayIn } from './serve/speech.ts';
export type { MappingOutline } from './wiring/mapping-outline.ts';
export type { ModuleState } from './wiring/modules.ts';
export type { MappingName, WiredFlow, Wiring } from './wiring/wiring.ts';

/** All that the command line and the dashboard may see or do (EIP: Control Bus). */
export interface ControlBus
  extends EntityLooks,
    OverrideControl,
    MappingControl,
    FailurePages,
    HoldLooks,
    ImpactLooks,
    ReconcileControl {
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
  /** What is being done now, in this process or in another that serves here. */
  underWay(): Promise<readonly Progress[]>;
  /** Why a part without which nothing is delivered cannot be used: the store, the broker. */
  unreached(): Promise<readonly Unreached[]>;
  /** What is on its way to each target that takes single objects. */
  queues(): Promise<readonly QueueState[]>;
  /** The processes that serve here, and what each does. */
  workers(): Promise<readonly WorkerState[]>;
  runs(limit: number, subject?: string): Promise<readonly Run[]>;
  /** Open failures in groups: what is the matter, where, how many. */
  failureGroups(): Promise<readonly MessageGroup[]>;
  /** The table file in which a row would mend a message; null if none would. */
  tableGap(message: Message): TableGap | null;
  /** What such a row would change; nothing is written. CONFIG_INVALID where it is no good. */
  tryRow(request: RowRequest): Promise<RowTrial | null>;
  /** Writes such a row into the workspace's table file; audited. The next run goes by it. */
  addRow(request: RowRequest): Promise<TableGap | null>;
  /** What is known of groups beside their messages: their last days, who sees to them, a note. */
  storiesOf(groups: readonly GroupName[]): Promise<readonly GroupStory[]>;
  /** Says who sees to a group, and a note; audited. Two empty texts take both away. */
  putRemark(group: StoryName, remark: Omit<Remark, 'at'>): Promise<void>;
  /** Messages that are blocked behind this one. */
  waitingFor(id: string, limit: number): Promise<readonly Message[]>;
  /** Failures that others wait for, and how many: what waits is no failure of its own. */
  blockages(): Promise<readonly Blockage[]>;
  /** The failure that a message waits for in the end; null if it waits for none. */
  causeOf(message: Message): Promise<Message | null>;
  /** Without those that wait for another, unless they are asked for by their code. */
  failures(filter: FailureFilter): Promise<readonly Message[]>;
  failure(id: string): Promise<Message | null>;
  /** How a message ended that had a problem; null where it is open, or that is forgotten. */
  ending(id: string): Promise<Ending | null>;
  /** Lets them be tried again with the next delivery; answers how many were found. Audited. */
  retry(ids: readonly string[], who: string): Promise<number>;
  /** Tries a group again: one, a twentieth, the rest; stops where it fails as before. Audited. */
  retryGroup(request: GroupRequest): Promise<GroupReport>;
  /** Goes on with a retry that was paused or cut off; null if there is none. */
  resumeRetry(request: GroupRequest): Promise<GroupReport | null>;
  /** Pauses or cancels a retry, in whichever process it goes on; false if there is none. */
  askRetry(name: RetryName, wish: RetryWish, who: string): Promise<boolean>;
  /** How the last retry of a group goes or went; null if there was none. */
  retryOf(name: RetryName): Promise<GroupRetry | null>;
  /** Lets an object go again with the next sync although the target has confirmed it. Audited. */
  resend(request: ResendRequest): Promise<Resent>;
  /** Takes them off the list without delivering; the reason is audited. */
  discard(ids: readonly string[], who: string, reason: string): Promise<number>;
  /** The same for those of a group that were there at an instant; answers how many. Audited. */
  discardGroup(request: DiscardGroupRequest): Promise<number>;
  /** Undoes discards that no run has swept since; answers how many were found. */
  restore(ids: readonly string[], who: string): Promise<number>;
  /** The same for those of a group that were discarded at an instant or later. */
  restoreGroup(request: RestoreGroupRequest): Promise<number>;
  holds(state?: Hold['state']): Promise<readonly Hold[]>;
  hold(id: string): Promise<Hold | null>;
  /** A person's word on open holds, each audited by itself; answers those that were there. */
  decideHolds(ids: readonly string[], decision: HoldDecision): Promise<readonly Hold[]>;
  /** Open holds of ids of this source that came with another person. */
  identityHolds(source: string): Promise<readonly Hold[]>;
  /** Which flows and mappings stand between which modules, and what of it has no effect. */
  wiring(): Wiring;
  /** A mapping's rules and how its tests go; null if no bound module has a mapping of this file. */
  mapping(file: string): MappingOutline | null;
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
  /** The last day at a glance. */
  digest(): Promise<Digest>;
  /** Forgets what is older than config's `retention`. Audited. */
  purge(who: string): Promise<PurgeReport>;
  /**
   * Runs what is due, hears and looks for news of sources, and mails what is new, until the signal;
   * then stops cleanly. Throws DOORBELL_UNUSABLE, and what a run has thrown.
   */
  serve(request: ServeRequest): Promise<void>;
  /** The clock's hand: runs what is due, and mails what is new; or what of it a role does. */
  scheduler(role?: Role, speech?: Speech): Scheduler;
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
  /** The bus as far as this account's rights go; all that is refused is as if it were not there. */
  as(account: Account): ControlBus;
  /**
   * Whether a right is had for `flow lms`, `target lms:itslearning`, `intake register` or `module
   * lms`; without a subject, for anything. Whoever opens the hub itself may all.
   */
  may(right: Right, subject?: string): boolean;
  /**
   * Before something is done: false where the account sees no such subject. Throws RIGHT_MISSING
   * where it sees it and may not act. Both are audited.
   */
  opens(subject: string): Promise<boolean>;
  /**
   * Sends a mail to those who get the findings; answers whom, or null where no mail is set up.
   * Audited.
   */
  testMail(who: string): Promise<readonly string[] | null>;
}

/** What the hub remembers of its own work: whoever looks at it needs the store alone. */
export type Records = Pick<
  ControlBus,
  | ('runs' | 'failureGroups' | 'blockages' | 'causeOf' | 'failures' | 'failure' | 'ending')
  | ('workers' | 'holds' | 'hold' | 'auditTrail' | 'auditExport' | 'checkAudit')
>;
