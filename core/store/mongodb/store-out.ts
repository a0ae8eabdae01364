import { MongoError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { Failure, InvalidFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { systemFault } from '../../failure/system-fault.ts';
import type { Store } from '../store.ts';

/** Codes by which a server says that it does not know the login, or does not let it do this. */
const REFUSED: ReadonlySet<unknown> = new Set([13, 18, 8000]);

/** What the driver threw, as a failure; its text may name the address, no login and no content. */
export function out(cause: unknown): unknown {
  if (cause instanceof Failure || !(cause instanceof MongoError)) return cause;
  const isServer = cause instanceof MongoServerError;
  // A server's own words may quote what it was sent.
  const text = isServer ? `${cause.codeName ?? cause.code}` : cause.message.split('\n')[0];
  if (isServer && REFUSED.has(cause.code)) {
    const hint = saying('storeRights', {});
    return new InvalidFailure('STORE_UNUSABLE', saying('storeRefuses', { why: text ?? '' }), {
      ...{ cause, hint },
    });
  }
  const otherSet = setThatIsNotThere(cause);
  if (otherSet !== null) {
    return new TransientFailure('STORE_OUT', saying('storeOtherSet', { name: otherSet }), {
      cause,
    });
  }
  return new TransientFailure(
    'STORE_OUT',
    saying('storeSays', { why: systemFault(cause) ?? text ?? '' }),
    { cause },
  );
}

/**
 * The replica set that was asked for, where servers answered and none was a member of it: of that
 * the driver says only that it has waited. Of a server that does not answer it knows why.
 */
function setThatIsNotThere(cause: MongoError): string | null {
  if (!(cause instanceof MongoServerSelectionError) || cause.reason === undefined) return null;
  const { setName, servers } = cause.reason;
  return [...servers.values()].some(({ error }) => error !== null) ? null : setName;
}

/** The same store; what its driver throws is a failure that says what is to be done. */
export function tellingFailures(store: Store): Store {
  const ports = Object.entries(store).map(([name, value]) => {
    return [
      name,
      typeof value === 'function' ? telling(value, store) : tellingPort(value),
    ] as const;
  });
  // SAFETY: the same names, each with what stood under it.
  return Object.fromEntries(ports) as unknown as Store;
}

function tellingPort<P extends object>(port: P): P {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? telling(value, target) : value;
    },
  });
}

function telling(work: unknown, self: object) {
  return (...args: unknown[]): unknown => {
    // SAFETY: only functions are given.
    const result: unknown = Reflect.apply(work as (...of: unknown[]) => unknown, self, args);
    if (result instanceof Promise) return result.catch(rethrow);
    return isIterable(result) ? iterating(result) : result;
  };
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* iterating(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* source;
  } catch (cause) {
    rethrow(cause);
  }
}

function rethrow(cause: unknown): never {
  throw out(cause);
}
