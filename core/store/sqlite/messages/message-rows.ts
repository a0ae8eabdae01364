import type { Message } from '../../../message/message.ts';
import type { MessageGroup } from '../../message-store.ts';
import { nullableTextOf, numberOf, type Row, textOf } from '../database.ts';

export function messageOf(row: Row): Message {
  const problem = nullableTextOf(row, 'problem');
  const unit = nullableTextOf(row, 'unit');
  return {
    id: textOf(row, 'id'),
    type: typeOf(row),
    target: textOf(row, 'target'),
    objectKind: textOf(row, 'object_kind'),
    origin: { kind: textOf(row, 'origin_kind'), id: textOf(row, 'origin_id') },
    ...(unit === null ? {} : { unit }),
    key: textOf(row, 'key'),
    action: actionOf(row),
    rank: numberOf(row, 'rank'),
    state: stateNameOf(row),
    attempts: numberOf(row, 'attempts'),
    inDoubt: row['in_doubt'] === 1,
    notBefore: numberOf(row, 'not_before'),
    problem: problem === null ? null : JSON.parse(problem),
    run: textOf(row, 'run'),
    createdAt: numberOf(row, 'created_at'),
    updatedAt: numberOf(row, 'updated_at'),
  };
}

function typeOf(row: Row): Message['type'] {
  // SAFETY: only `put` writes it, from a Message.
  return textOf(row, 'type') as Message['type'];
}

function stateNameOf(row: Row): Message['state'] {
  // SAFETY: only this file writes it, from a Message.
  return textOf(row, 'state') as Message['state'];
}

export function actionOf(row: Row): Message['action'] {
  // SAFETY: only `put` writes it, from a Message.
  return nullableTextOf(row, 'action') as Message['action'];
}

export function groupOf(row: Row): MessageGroup {
  return {
    target: textOf(row, 'target'),
    type: typeOf(row),
    state: stateNameOf(row),
    code: nullableTextOf(row, 'code'),
    objectKind: textOf(row, 'object_kind'),
    count: numberOf(row, 'count'),
  };
}
