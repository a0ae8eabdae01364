import type { SQLInputValue } from 'node:sqlite';
import type { MessageFilter, UnitFilter } from '../../message-store.ts';

/** What stands after WHERE, and the values of its marks. */
export interface Condition {
  readonly where: string;
  readonly values: SQLInputValue[];
}

/** Which messages are counted by school unit; stands after other conditions. */
export function unitCondition(of: UnitFilter): Condition {
  const { target, type, state, code, objectKind, unit, run, place, origins } = of;
  const columns = { target, type, state, code, object_kind: objectKind, run };
  const at = { place_file: place?.file, place_field: place?.field };
  const told = Object.entries({ ...columns, ...at, unit: unit === '' ? null : unit });
  const equal = told.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const conditions = equal.map(({ name }) => `AND ${name} IS ?`);
  const values: SQLInputValue[] = equal.map(({ value }) => value);
  if (origins !== undefined) {
    conditions.push('AND origin_id IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(origins));
  }
  return { where: conditions.join(' '), values };
}

export function conditionOf(filter: MessageFilter): Condition {
  const conditions = ['1'];
  const values: SQLInputValue[] = [];
  const equals = (column: string, value: string | undefined) => {
    if (value === undefined) return;
    conditions.push(`${column} = ?`);
    values.push(value);
  };
  const isOneOf = (column: string, list: readonly string[] | undefined) => {
    if (list === undefined) return;
    conditions.push(`${column} IN (${list.map(() => '?').join(', ')})`);
    values.push(...list);
  };
  equals('target', filter.target);
  equals('code', filter.code);
  equals('run', filter.run);
  if (filter.inDoubt !== undefined) {
    conditions.push('in_doubt = ?');
    values.push(Number(filter.inDoubt));
  }
  isOneOf('state', filter.state);
  isOneOf('type', filter.type);
  return { where: conditions.join(' AND '), values };
}
