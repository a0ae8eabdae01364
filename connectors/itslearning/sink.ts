import {
  buildXml,
  Failure,
  type Json,
  type JsonObject,
  type ObjectSink,
  type Operation,
  type Outcome,
  RefusedFailure,
  saying,
  type XmlDraft,
} from '../../core/plugin.ts';
import type { ImsEsClient, Status } from './client.ts';
import { groupDraft, identifier, membershipDraft, personDraft, sourcedId } from './objects.ts';
import { GROUPS, MEMBERSHIPS, PERSONS, type Service } from './services.ts';
import { outcomeOf, silence } from './verdicts.ts';

/** How one kind of object is spoken of: `createPersons`, `personIdPairSet`. */
interface Speech {
  readonly service: Service;
  /** `Person`, `Group`, `Membership`. */
  readonly noun: string;
  readonly draft: (operation: Operation) => XmlDraft;
}

const EMPTY: JsonObject = {};

const SPEECH: Readonly<Record<string, Speech>> = {
  school: groupSpeech(),
  course: groupSpeech(),
  person: {
    service: PERSONS,
    noun: 'Person',
    draft: ({ object }) => personDraft(object ?? EMPTY),
  },
  membership: {
    service: MEMBERSHIPS,
    noun: 'Membership',
    draft: ({ object }) => membershipDraft(object ?? EMPTY),
  },
};

function groupSpeech(): Speech {
  const draft = ({ objectKind, object }: Operation) => groupDraft(objectKind, object ?? EMPTY);
  return { service: GROUPS, noun: 'Group', draft };
}

/** Delivers single operations to itslearning; every object has its own verdict. */
export class ItslearningSink implements ObjectSink {
  readonly mode = 'operations';
  readonly #client: ImsEsClient;
  readonly #removeSchools: boolean;
  readonly #site: string | null;

  constructor(
    client: ImsEsClient,
    { removeSchools, site }: { readonly removeSchools: boolean; readonly site?: string },
  ) {
    this.#client = client;
    this.#removeSchools = removeSchools;
    this.#site = site ?? null;
  }

  async apply(asked: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const operations = asked.map((operation) => belowSite(operation, this.#site));
    const outcomes = new Map<Operation, Outcome>();
    for (const [verb, batch] of byVerb(operations)) {
      const isRefused = verb === 'delete' && batch[0]?.objectKind === 'school';
      if (isRefused && !this.#removeSchools) {
        for (const operation of batch) outcomes.set(operation, schoolStays());
      } else if (verb === 'rekey') {
        for (const operation of batch) {
          outcomes.set(operation, await this.#rekey(operation, signal));
        }
      } else {
        const sound = batch.filter((operation) => {
          const fault = faultOf(verb, operation);
          if (fault !== null) outcomes.set(operation, { kind: 'failed', failure: fault });
          return fault === null;
        });
        const answers = sound.length === 0 ? [] : await this.#call(verb, sound, signal);
        // Verdicts carry no id, only a place: one too few or too many, and none can be believed.
        const isFitting = answers.length === sound.length;
        for (const [index, operation] of sound.entries()) {
          const status = isFitting ? answers[index] : undefined;
          if (status !== undefined) outcomes.set(operation, outcomeOf(status, operation));
        }
      }
    }
    return inOrder(operations, outcomes);
  }

  async close(): Promise<void> {}

  async #call(
    verb: string,
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<readonly Status[]> {
    const speech = speechOf(operations);
    if (speech === null) return [];
    const { service, noun } = speech;
    const pair = noun.toLowerCase();
    const children = operations.map((operation) => childOf(verb, speech, operation));
    const set = verb === 'delete' ? 'm:sourcedIdSet' : `m:${pair}IdPairSet`;
    const body = [{ name: set, children }];
    return this.#client.call(service, `${verb}${noun}s`, body, signal);
  }

  /** The identifier first, so that the update finds the person under the new one. */
  async #rekey(operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const body = [
      sourcedId('m:sourcedId', operation.formerKey ?? ''),
      sourcedId('m:newSourcedId', operation.key),
    ];
    const statuses = await this.#client.call(PERSONS, 'changePersonIdentifier', body, signal);
    const changed = onlyOutcome(statuses, operation);
    // One who is not known by the former id is told under the new one.
    if (changed.kind === 'failed' && changed.prerequisite !== true) return changed;
    return onlyOutcome(await this.#call('update', [operation], signal), operation);
  }
}

/** A call about one object has one verdict; nobody knows of several which to believe. */
function onlyOutcome(statuses: readonly Status[], operation: Operation): Outcome {
  const [status] = statuses;
  const isOnly = status !== undefined && statuses.length === 1;
  return isOnly ? outcomeOf(status, operation) : { kind: 'failed', failure: silence() };
}

/** A school that has nothing above it stands below the site's main organisation. */
function belowSite(operation: Operation, site: string | null): Operation {
  const { objectKind, object } = operation;
  if (site === null || objectKind !== 'school' || object === null) return operation;
  return object['parent'] === undefined
    ? { ...operation, object: { ...object, parent: site } }
    : operation;
}

/** One object in the list of a call. */
function childOf(verb: string, { noun, draft }: Speech, operation: Operation): XmlDraft {
  if (verb === 'delete') return identifier(operation.key);
  const id = sourcedId('m:sourcedId', operation.key);
  return { name: `m:${noun.toLowerCase()}IdPair`, children: [id, draft(operation)] };
}

/** Why an object cannot be written at all; that is no fault of its neighbours in the call. */
function faultOf(verb: string, operation: Operation): Failure | null {
  const speech = speechOf([operation]);
  if (speech === null) return null;
  try {
    buildXml(childOf(verb, speech, operation));
    return null;
  } catch (failure) {
    if (failure instanceof Failure) return failure;
    throw failure;
  }
}

function speechOf([first]: readonly Operation[]): Speech | null {
  return first === undefined ? null : (SPEECH[first.objectKind] ?? null);
}

/** Answers in the order of the operations; what got no answer is left to be tried again. */
function inOrder(
  operations: readonly Operation[],
  outcomes: ReadonlyMap<Operation, Outcome>,
): readonly Outcome[] {
  return operations.map(
    (operation) => outcomes.get(operation) ?? { kind: 'failed', failure: silence() },
  );
}

/**
 * `replace` empties what is not sent, `update` keeps it: a field that has gone needs the first, the
 * rest the second. Memberships and groups have no such fields.
 */
function byVerb(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const verbs = new Map<string, Operation[]>();
  for (const operation of operations) {
    const verb = verbOf(operation);
    verbs.set(verb, [...(verbs.get(verb) ?? []), operation]);
  }
  return verbs;
}

function verbOf({ action, objectKind, object, previous }: Operation): string {
  if (action !== 'update') return action;
  const isLess =
    previous === null || Object.keys(previous).some((field) => !isSent(object?.[field]));
  return objectKind === 'person' && isLess ? 'replace' : 'update';
}

/** Nothing is written of an empty value, nor of a list whose last item has gone. */
function isSent(value: Json | undefined): boolean {
  return (
    value !== undefined &&
    value !== null &&
    value !== '' &&
    !(Array.isArray(value) && value.length === 0)
  );
}

function schoolStays(): Outcome {
  const hint = saying('nodeStaysHint', {});
  const failure = new RefusedFailure('TARGET_REFUSED', saying('nodeStays', {}), { hint });
  return { kind: 'failed', failure };
}
