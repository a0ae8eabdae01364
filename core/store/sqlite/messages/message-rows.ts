import type { Message } from '../../../message/message.ts';
import { nullableTextOf, numberOf, type Row, textOf } from '../database.ts';

export function messageOf(row: Row): Message {
  const problem = nullableTextOf(row, 'problem');
  return {
    id: textOf(row, 'id'),
    type: typeOf(row),
    target: textOf(row, 'target'),
    objectKind: textOf(row, 'object_kind'),
    origin: { kind: textOf(row, 'origin_kind'), id: textOf(row, 'origin_id') },
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

export function typeOf(row: Row): Message['type'] {
  // SAFETY: only `put` writes it, from a Message.
  return textOf(row, 'type') as Message['type'];
}

export function stateNameOf(row: Row): Message['state'] {
  // SAFETY: only this file writes it, from a Message.
  return textOf(row, 'state') as Message['state'];
}

function actionOf(row: Row): Message['action'] {
  // SAFETY: only `put` writes it, from a Message.
  return nullableTextOf(row, 'action') as Message['action'];
}
