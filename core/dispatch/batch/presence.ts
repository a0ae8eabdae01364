import type { ObjectSink, Operation } from '../../connector/sink.ts';
import { Failure } from '../../failure/failure.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import type { Message } from '../../message/message.ts';
import type { LedgerRow, LedgerStore } from '../../store/ledger-store.ts';
import { namesIn } from './references.ts';

/** An operation, and the run that it belongs to. */
interface Told {
  readonly operation: Operation;
  readonly message: Pick<Message, 'run'>;
}

/** So many objects are looked at before anything refers to them; after that, refusals tell. */
const MOST_LOOKS = 100;
/** After so many refusals of which all that is referred to is there, they have another reason. */
const FEW = 5;

/**
 * Looks whether a target still holds what others refer to: somebody may have deleted it there. What
 * was confirmed in this run is believed.
 */
export class Presence {
  readonly #sink: ObjectSink;
  readonly #signal: AbortSignal;
  /** `<kind>/<key>` of what was seen. */
  readonly #seen = new Set<string>();
  #looks = 0;
  #inVain = 0;

  constructor(sink: ObjectSink, signal: AbortSignal) {
    this.#sink = sink;
    this.#signal = signal;
  }

  /** Of what each of these would newly refer to, the rows of what the target holds no more. */
  async missingBefore<T extends Told>(
    { name: target }: Target,
    batch: readonly T[],
    ledger: LedgerStore,
  ): Promise<ReadonlyMap<T, readonly LedgerRow[]>> {
    const missing = new Map<T, readonly LedgerRow[]>();
    if (this.#sink.isThere === undefined || this.#looks >= MOST_LOOKS) return missing;
    const newly = batch.map((one) => [one, newNames(one.operation)] as const);
    const rows = await rowsNamed(target, new Set(newly.flatMap(([, names]) => names)), ledger);
    for (const [one, names] of newly) {
      if (this.#looks >= MOST_LOOKS) break;
      const named = names.flatMap((name) => rows.get(name) ?? []);
      const gone = await this.#missing(named.filter((row) => isOlder(row, one.message.run)));
      if (gone.length > 0) missing.set(one, gone);
    }
    return missing;
  }

  /** The same of all that something refers to which the target has refused. */
  async missingAfter(
    target: Target,
    kind: TargetKind,
    { operation, message }: Told,
    ledger: LedgerStore,
  ): Promise<readonly LedgerRow[]> {
    if (this.#sink.isThere === undefined || this.#inVain >= FEW) return [];
    const rows = await referredIn(target, kind, operation, message.run, ledger);
    const missing = await this.#missing(rows);
    if (missing.length > 0) this.#inVain = 0;
    else if (rows.length > 0) this.#inVain += 1;
    return missing;
  }

  async #missing(rows: readonly LedgerRow[]): Promise<readonly LedgerRow[]> {
    const missing: LedgerRow[] = [];
    for (const row of rows) if (!(await this.#isThere(row))) missing.push(row);
    return missing;
  }

  /** What cannot be said now is taken for there. */
  async #isThere(row: LedgerRow): Promise<boolean> {
    const name = nameOf(row);
    if (this.#sink.isThere === undefined || this.#seen.has(name)) return true;
    const { ref, remoteId } = row;
    this.#looks += 1;
    try {
      const held = { key: ref.key, remoteId };
      if (!(await this.#sink.isThere(ref.objectKind, held, this.#signal))) return false;
    } catch (failure) {
      this.#signal.throwIfAborted();
      if (!(failure instanceof Failure)) throw failure;
    }
    this.#seen.add(name);
    return true;
  }
}

/** `<kind>/<key>`. */
export function nameOf({ ref }: LedgerRow): string {
  return `${ref.objectKind}/${ref.key}`;
}

/** What an operation refers to that its object did not before. */
function newNames({ references, previous, formerReferences = {} }: Operation): readonly string[] {
  const names = Object.keys(references);
  return previous === null ? names : names.filter((name) => !(name in formerReferences));
}

async function rowsNamed(
  target: string,
  names: ReadonlySet<string>,
  ledger: LedgerStore,
): Promise<ReadonlyMap<string, LedgerRow>> {
  const rows = new Map<string, LedgerRow>();
  const kinds = Map.groupBy(names, (name) => name.slice(0, name.indexOf('/')));
  for (const [kind, own] of kinds) {
    const keys = own.map((name) => name.slice(kind.length + 1));
    for (const row of await ledger.byKeys(target, kind, keys)) rows.set(nameOf(row), row);
  }
  return rows;
}

/** Confirmed in an earlier run, and not shut there. */
function isOlder(row: LedgerRow, run: string): boolean {
  return row.run !== run && row.suspendedSince === null;
}

/** What an object refers to and its target confirmed in an earlier run; not what is shut there. */
export async function referredIn(
  { name: target }: Target,
  kind: TargetKind,
  { object }: Operation,
  run: string,
  ledger: LedgerStore,
): Promise<readonly LedgerRow[]> {
  const names = new Set(object === null ? [] : namesIn(object, kind));
  const rows = await rowsNamed(target, names, ledger);
  return [...rows.values()].filter((row) => isOlder(row, run));
}
