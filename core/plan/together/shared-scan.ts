import type { EntityStore, StoredEntity } from '../../store/entity-store.ts';

type Scan = EntityStore['scan'];
type Batch = readonly StoredEntity[];

/** What one plan reads of a shared scan. */
export interface Reader {
  /** All entities of a kind in ascending order of id, once everybody has come as far. */
  readonly scan: Scan;
  /** Reads nothing more: the others wait for it no longer. */
  leave(): void;
}

/** One who reads: what it is yet to read, and what it waits for. */
interface Member {
  /** The kinds of one time through, in order. */
  readonly kinds: readonly string[];
  /** How often it has begun anew, and which of the kinds are still to come this time. */
  round: number;
  ahead: readonly string[];
  waits: { readonly kind: string; readonly begin: (reading: Reading) => void } | null;
}

/**
 * Reads each kind of entity once for all that want it next. Nobody is read to before everybody has
 * asked; then a kind is read that few of the others are still to come to. All read side by side:
 * a batch is let go when each has asked for the next one.
 */
export class SharedScan {
  readonly #scan: Scan;
  readonly #members = new Set<Member>();
  #reading: Reading | null = null;

  constructor(scan: Scan) {
    this.#scan = scan;
  }

  /** Lets one in who reads these kinds in this order, once or several times. */
  join(kinds: readonly string[]): Reader {
    const member: Member = { kinds, round: 0, ahead: kinds, waits: null };
    this.#members.add(member);
    return {
      scan: (kind) => this.#read(member, kind),
      leave: () => {
        this.#members.delete(member);
        this.#goOn();
      },
    };
  }

  async *#read(member: Member, kind: string): AsyncGenerator<Batch> {
    const reading = await this.#turnOf(member, kind);
    try {
      for (;;) {
        const batch = await reading.next(member);
        if (batch === null) return;
        yield batch;
      }
    } finally {
      reading.leave(member);
      if (reading.isOver) this.#reading = null;
      this.#goOn();
    }
  }

  #turnOf(member: Member, kind: string): Promise<Reading> {
    if (!member.ahead.includes(kind)) {
      member.round += 1;
      member.ahead = member.kinds;
    }
    member.ahead = member.ahead.slice(member.ahead.indexOf(kind) + 1);
    return new Promise((begin) => {
      member.waits = { kind, begin };
      this.#goOn();
    });
  }

  /** Begins with the next kind, once nothing is read and everybody waits. */
  #goOn(): void {
    const members = [...this.#members];
    if (this.#reading !== null || members.some(({ waits }) => waits === null)) return;
    const round = Math.min(...members.map((one) => one.round));
    const now = members.filter((one) => one.round === round);
    const kind = nextOf(now);
    if (kind === null) return;
    const readers = now.filter(({ waits }) => waits?.kind === kind);
    const reading = new Reading(this.#scan(kind), readers);
    this.#reading = reading;
    for (const reader of readers) {
      reader.waits?.begin(reading);
      reader.waits = null;
    }
  }
}

/** The kind that the fewest of the others are still to come to; of several, what most wait for. */
function nextOf(members: readonly Member[]): string | null {
  const kinds = [...new Set(members.flatMap(({ waits }) => waits?.kind ?? []))];
  const counts = kinds.map((kind) => {
    const others = members.filter(({ waits }) => waits?.kind !== kind);
    const later = others.filter(({ ahead }) => ahead.includes(kind)).length;
    return { kind, later, now: members.length - others.length };
  });
  const [first] = counts.sort((a, b) => a.later - b.later || b.now - a.now);
  return first?.kind ?? null;
}

/** One kind, read once for several. */
class Reading {
  readonly #batches: AsyncIterator<Batch>;
  readonly #readers: Set<Member>;
  readonly #asked = new Set<Member>();
  #next = Promise.withResolvers<Batch | null>();

  constructor(batches: AsyncIterable<Batch>, readers: readonly Member[]) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#readers = new Set(readers);
  }

  /** Nobody reads it any more. */
  get isOver(): boolean {
    return this.#readers.size === 0;
  }

  /** The next batch, once everybody has done with the one before; null at the end. */
  next(reader: Member): Promise<Batch | null> {
    const { promise } = this.#next;
    this.#asked.add(reader);
    this.#pull();
    return promise;
  }

  leave(reader: Member): void {
    this.#readers.delete(reader);
    this.#asked.delete(reader);
    if (this.isOver) void this.#batches.return?.();
    else this.#pull();
  }

  #pull(): void {
    if (this.#asked.size < this.#readers.size) return;
    const { resolve, reject } = this.#next;
    this.#next = Promise.withResolvers();
    this.#asked.clear();
    this.#batches.next().then(({ done, value }) => resolve(done === true ? null : value), reject);
  }
}
