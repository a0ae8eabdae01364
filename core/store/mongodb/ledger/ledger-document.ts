import type { ObjectRef } from '../../../message/message.ts';
import type { LedgerRow } from '../../ledger-store.ts';
import { idOf, type Named, partsOfId } from '../database.ts';

export interface LedgerDocument extends Named {
  /** Target, object kind, kind and id of the origin. */
  origin: string;
  /** Target, object kind and key: unique. */
  byKey: string;
  target: string;
  objectKind: string;
  originKind: string;
  unit: string;
  hash: string;
  /** JSON text; null in a proposal that the row goes. */
  object: string | null;
  remoteId: string | null;
  /** JSON text. */
  references: string | null;
  run: string;
  confirmedAt: number;
  suspendedSince: string | null;
  remark: string | null;
}

export function ledgerId({ target, objectKind, origin, key }: ObjectRef): string {
  return idOf(target, objectKind, origin.kind, origin.id, key);
}

export function originId(target: string, objectKind: string, kind: string, id: string): string {
  return idOf(target, objectKind, kind, id);
}

export function keyId(target: string, objectKind: string, key: string): string {
  return idOf(target, objectKind, key);
}

/** A document that says where it stands, and nothing else. */
export function placeOf(ref: ObjectRef) {
  const { target, objectKind, origin, key } = ref;
  return {
    ...{ _id: ledgerId(ref), target, objectKind, originKind: origin.kind },
    origin: originId(target, objectKind, origin.kind, origin.id),
    byKey: keyId(target, objectKind, key),
  };
}

export function documentOf(row: LedgerRow): LedgerDocument {
  const { ref, unit, hash, object, remoteId, run, confirmedAt, suspendedSince } = row;
  const references = row.references === undefined ? null : JSON.stringify(row.references);
  const confirmed = { unit, hash, remoteId, run, confirmedAt, suspendedSince, references };
  const remark = row.remark ?? null;
  return { ...placeOf(ref), ...confirmed, object: JSON.stringify(object), remark };
}

export function rowOf(document: LedgerDocument): LedgerRow {
  const { _id, unit, hash, object, remoteId, run, confirmedAt, suspendedSince } = document;
  const { references, remark } = document;
  const [target = '', objectKind = '', kind = '', id = '', key = ''] = partsOfId(_id);
  return {
    ...{ ref: { target, objectKind, origin: { kind, id }, key }, unit, hash, remoteId },
    ...{ run, confirmedAt, suspendedSince },
    object: JSON.parse(object ?? '{}'),
    ...(references === null ? {} : { references: JSON.parse(references) }),
    ...(remark === null ? {} : { remark }),
  };
}
