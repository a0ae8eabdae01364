import type { Target } from '../../flow/target.ts';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import type { EntityStore } from '../../store/entity-store.ts';
import { preloadedTogether } from '../../view/preloaded.ts';
import type { ViewNeeds, Views } from '../../view/views.ts';
import { kindsRead } from '../plan.ts';
import type { PlanContext } from '../plan-batch.ts';
import { type Reader, SharedScan } from './shared-scan.ts';

/** What a plan of everything sees, as of which day, and reads in the same pass as others. */
export type Sight = Pick<PlanContext, 'entities' | 'views' | 'today'>;

/** A plan's place in a pass, in which it need not take part. */
export interface Place {
  /** Takes part, and waits until all have come that will; asked again, it says the same. */
  enter(target: Target, needs: ViewNeeds): Promise<Sight>;
  /**
   * Leaves. If the plan has taken part, resolves when nobody does any more and those of them that
   * came before it have ended.
   */
  turn(): Promise<void>;
  /** Milliseconds of waiting until all had come, and until others had planned and ended. */
  readonly waitedMs: number;
}

/** What plans are made from. */
export interface Planned {
  readonly entities: EntityStore;
  readonly canonical: CanonicalSchemas;
  /** `YYYY-MM-DD` where the city is. */
  readonly today: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How far a piece of work has come: it takes part, has ended, or has thrown. */
type State = 'entered' | 'ended' | 'thrown';

/**
 * Does pieces of work of which each may look at everything: those that do go through the entities
 * in one pass. Each begins when the one before it has ended or waits in the pass, and none after
 * one that has thrown. Answers when all have ended; throws what the first one threw.
 */
export async function inOnePass<T>(
  planned: Planned,
  works: readonly ((place: Place) => Promise<T>)[],
): Promise<readonly T[]> {
  const pass = new Pass(planned);
  const all: Promise<T>[] = [];
  let before: Promise<unknown> = Promise.resolve();
  for (const work of works) {
    const seat = pass.seat(before);
    const done = work(seat).finally(() => seat.leave());
    all.push(done);
    const ended = done.then<State, State>(
      () => 'ended',
      () => 'thrown',
    );
    const state = await Promise.race([ended, seat.entered]);
    if (state === 'entered') before = Promise.all([before, ended]);
    if (state === 'thrown') break;
  }
  pass.begin();
  await Promise.allSettled(all);
  return Promise.all(all);
}

/** A place in a pass of one. */
export function placeAlone(planned: Planned): Place {
  const pass = new Pass(planned);
  pass.begin();
  return pass.seat(Promise.resolve());
}

/** A place, and what only the pass knows of it. */
interface Seat extends Place {
  /** Resolves when the plan takes part. */
  readonly entered: Promise<State>;
  /** It is waited for no longer, and sees nothing more. */
  leave(): void;
}

/** One pass over the entities: each is read, parsed and concealed once for all plans in it. */
class Pass {
  readonly #planned: Planned;
  readonly #scan: SharedScan;
  readonly #begun = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #needs = new Set<ViewNeeds>();
  #present = 0;
  #views: Promise<(needs: ViewNeeds) => Views> | null = null;

  constructor(planned: Planned) {
    this.#planned = planned;
    this.#scan = new SharedScan((kind) => planned.entities.scan(kind));
  }

  seat(before: Promise<unknown>): Seat {
    const entered = Promise.withResolvers<State>();
    let sight: Promise<Sight> | null = null;
    let reader: Reader | null = null;
    let hasTakenPart = false;
    let waitedMs = 0;
    const { now } = this.#planned;
    const waiting = async (until: Promise<unknown>) => {
      const from = now();
      await until;
      waitedMs += now() - from;
    };
    const leave = () => {
      if (reader === null) return;
      reader.leave();
      [reader, sight] = [null, null];
      this.#present -= 1;
      if (this.#present > 0) return;
      this.#views = null;
      this.#over.resolve();
    };
    return {
      entered: entered.promise,
      enter: (target, needs) => {
        if (sight !== null) return sight;
        this.#present += 1;
        this.#needs.add(needs);
        hasTakenPart = true;
        reader = this.#scan.join(kindsRead(target));
        sight = this.#see(reader, needs, waiting(this.#begun.promise));
        entered.resolve('entered');
        return sight;
      },
      leave,
      turn: async () => {
        leave();
        if (hasTakenPart) await waiting(Promise.all([this.#over.promise, before]));
      },
      get waitedMs() {
        return waitedMs;
      },
    };
  }

  /** All have come that will. */
  begin(): void {
    this.#begun.resolve();
  }

  async #see({ scan }: Reader, needs: ViewNeeds, begun: Promise<void>): Promise<Sight> {
    await begun;
    const { entities, canonical, today } = this.#planned;
    this.#views ??= preloadedTogether(entities, canonical, [...this.#needs], today);
    const get: EntityStore['get'] = (kind, ids) => entities.get(kind, ids);
    return { entities: { scan, get }, views: (await this.#views)(needs), today };
  }
}
