import type { ObjectRef } from '../../../message/message.ts';
import type { LedgerRow } from '../../ledger-store.ts';
import type { Names } from '../names.ts';

/** A ledger row as the columns of its table, in their order. */
export class LedgerColumns {
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  target(name: string): number {
    return this.#names.number(name);
  }

  numbers(target: string, objectKind: string, originKind: string): [number, number, number] {
    const kind = originKind === '' ? 0 : this.#names.number(originKind);
    return [this.#names.number(target), this.#names.number(objectKind), kind];
  }

  keyOf({ target, objectKind, origin, key }: ObjectRef) {
    return [...this.numbers(target, objectKind, origin.kind), origin.id, key] as const;
  }

  valuesOf(row: LedgerRow) {
    const { ref, unit, hash, object, remoteId, run, confirmedAt, suspendedSince, remark } = row;
    const confirmed = [hash, JSON.stringify(object), remoteId, run, confirmedAt] as const;
    const unitNumber = unit === '' ? null : this.#names.number(unit);
    const sent = row.references === undefined ? null : JSON.stringify(row.references);
    const more = [unitNumber, suspendedSince, remark ?? null, sent] as const;
    return [...this.keyOf(ref), ...confirmed, ...more] as const;
  }
}
