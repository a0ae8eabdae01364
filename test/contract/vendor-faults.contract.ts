import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectSink, Operation, Outcome } from '../../core/connector/sink.ts';
import { Failure } from '../../core/failure/failure.ts';
import type { JsonObject } from '../../core/message/message.ts';
import type { FrontDoorFault } from '../../core/transport/http/simulated-http.ts';
import { pending } from '../pending.ts';

/** What vendors' systems have been seen to do. */
export const VENDOR_FAULTS = {
  busy: 'says 429 with Retry-After in seconds',
  'busy-ahead': 'says 429 with Retry-After as a date, by a clock that is an hour ahead',
  'busy-behind': 'says 429 with Retry-After as a date, by a clock that is an hour behind',
  'broken-after-commit': 'says 500 after it has made the change',
  'silent-after-commit': 'makes the change, and says nothing until we have given up',
  'half-a-page': 'answers half of what it should',
  'page-twice': 'answers the same twice',
  'reordered-pages': 'answers in another order than before',
  'slow-drip': 'answers some bytes at a time, for ever',
  'expired-token': 'does not take the access token any more',
  'drifted-id': 'answers ids of another type',
  'drifted-name': 'answers under other names',
  'more-fields': 'answers more than we know',
  'web-page': 'answers a web page with status 200',
} as const;

/** What the systems of vendors do in real life, by name. */
export type VendorFault = keyof typeof VENDOR_FAULTS;

/** All of them, in the order in which they are shown. */
export const VENDOR_FAULT_NAMES = Object.keys(VENDOR_FAULTS) as readonly VendorFault[];

/** A sink with a target behind it, empty at first, that shows faults on demand. */
export interface VendorFaultWorld {
  /** The sink under test. */
  readonly sink: ObjectSink;
  /** The kind that the suite speaks of. */
  readonly objectKind: string;
  /** The object of this key; other words for other versions. */
  object(key: string, version: number): JsonObject;
  /** The target's ids of what each object refers to, as `<kind>/<key>` -> id. Default: none. */
  readonly references?: Readonly<Record<string, string>>;
  /** What the target holds now: one text per living object. */
  held(): Promise<readonly string[]>;
  /**
   * Shows the fault once, at the next request where it makes sense; where it says how long to wait,
   * one second.
   */
  show(fault: VendorFault): void;
  /** Ends the target behind it; the suite has closed the sink. */
  close(): Promise<void>;
}

/** So long a client waits for an answer here: a healthy one takes less, on a busy machine too. */
export const PATIENCE_MS = 800;
/** A target that says nothing for so long is not waited for. */
export const SILENCE_MS = 2 * PATIENCE_MS;

const HOUR = 3_600_000;

/**
 * How services show them that say in one answer what became of each object: verdicts have no ids,
 * and logins no token, so that the rest cannot be shown.
 */
export const FAULTS_OF_VERDICTS: ReadonlyMap<
  VendorFault,
  | FrontDoorFault
  | { readonly kind: 'error-after' | 'half' | 'twice' | 'drifted-name' | 'more-fields' }
  | { readonly kind: 'slow'; readonly ms: number }
> = new Map([
  ['busy', { kind: 'busy', retryAfter: 1 }],
  ['busy-ahead', { kind: 'busy', retryAfter: 1, clockAheadMs: HOUR }],
  ['busy-behind', { kind: 'busy', retryAfter: 1, clockAheadMs: -HOUR }],
  ['broken-after-commit', { kind: 'error-after' }],
  ['silent-after-commit', { kind: 'slow', ms: SILENCE_MS }],
  ['half-a-page', { kind: 'half' }],
  ['page-twice', { kind: 'twice' }],
  ['slow-drip', { kind: 'drip' }],
  ['drifted-name', { kind: 'drifted-name' }],
  ['more-fields', { kind: 'more-fields' }],
  ['web-page', { kind: 'html' }],
]);

const SIGNAL = new AbortController().signal;
/** More than two pages. */
const MANY = 45;
/** What the client's own time limit, a second's wait and a slow machine need. */
const LIMIT_MS = 8000;

/** Faults that the connector must live with in the same call. */
const HARMLESS: ReadonlySet<VendorFault> = new Set(['expired-token', 'more-fields']);

/** What a vendor's interface can show. */
export interface Showable {
  /** Those that its protocol can show. */
  readonly faults: readonly VendorFault[];
  /** Whether the target can be asked what it holds. */
  readonly reads: boolean;
}

/** What every connector makes of the faults of real vendors. */
export function describeVendorFaults(
  name: string,
  { faults, reads }: Showable,
  make: () => Promise<VendorFaultWorld>,
): void {
  describe(`a vendor's faults: ${name}, which`, () => {
    let world: VendorFaultWorld;

    beforeEach(async () => {
      world = await make();
    });
    afterEach(async () => {
      await world.sink.close();
      await world.close();
    });

    for (const fault of faults) {
      const what = VENDOR_FAULTS[fault];
      it(`${what}: every object is done or tried again, and in the end all is as wanted`, async function () {
        this.timeout(LIMIT_MS);
        world.show(fault);
        const first = await outcomesOf(world, ['a', 'b']);
        for (const outcome of first) assertRetriable(outcome, fault);
        await waitFor(first.find((one) => one.kind === 'failed')?.failure);
        await outcomesOf(world, ['a', 'b']);
        const last = await outcomesOf(world, ['a', 'b']);
        assert.ok(last.every(({ kind }) => kind !== 'failed'));
        assert.equal((await world.held()).length, 2);
      });

      if (!reads) continue;
      it(`${what} while it is read: all of it, or a clear failure; never less, nothing twice`, async function () {
        this.timeout(LIMIT_MS);
        if (world.sink.readBack === undefined) pending(this, 'the target cannot be asked');
        const keys = Array.from({ length: MANY }, (_, at) => `k${String(at).padStart(2, '0')}`);
        await outcomesOf(world, keys);
        world.show(fault);
        const failure = await read(world).then(
          (read) => assert.deepEqual(read, keys),
          (error: unknown) => error,
        );
        if (failure !== undefined) {
          assert.ok(failure instanceof Failure, String(failure));
          assert.equal(failure.recovery, 'retry');
          assert.ok(!HARMLESS.has(fault), failure.message);
          await waitFor(failure);
        }
        assert.deepEqual(await read(world), keys, 'and whole when it is asked again');
      });
    }
  });
}

/** As long as the target has asked for. */
async function waitFor(failure: Failure | undefined): Promise<void> {
  await sleep(failure?.retryAfterMs ?? 0);
}

/** A failure of the whole call is the outcome of each. */
async function outcomesOf(
  { sink, objectKind, object, references = {} }: VendorFaultWorld,
  keys: readonly string[],
): Promise<readonly Outcome[]> {
  const operations = keys.map((key): Operation => {
    const about = { action: 'create', objectKind, key, formerKey: null } as const;
    return { ...about, object: object(key, 1), previous: null, remoteId: null, references };
  });
  try {
    return await sink.apply(operations, SIGNAL);
  } catch (failure) {
    assert.ok(failure instanceof Failure, String(failure));
    return operations.map(() => ({ kind: 'failed', failure }));
  }
}

function assertRetriable(outcome: Outcome, fault: VendorFault): void {
  if (outcome.kind !== 'failed') return;
  const { recovery, message, retryAfterMs } = outcome.failure;
  assert.equal(recovery, 'retry', message);
  assert.ok(!HARMLESS.has(fault), message);
  if (!fault.startsWith('busy')) return;
  const wait = retryAfterMs ?? 0;
  assert.ok(wait > 0 && wait <= 2000, `waits ${wait} ms, by whatever clock it was asked`);
}

/** The keys that the target says it holds. */
async function read({ sink, objectKind }: VendorFaultWorld): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of sink.readBack?.(objectKind, SIGNAL) ?? []) keys.push(key ?? '');
  return keys.sort();
}
