import { RefusedFailure } from '../../failure/failure.ts';
import type { Target } from '../../flow/target.ts';
import type { Problem } from '../../message/message.ts';

/** Why an object is not made whose key another one has, that says something else. */
export function keyTaken({ name, flow }: Target, objectKind: string, originKind: string): Problem {
  const text = `${name}: another entity already has the key of this ${objectKind}`;
  const place = { file: flow.file, line: null, field: 'key' };
  return new RefusedFailure('KEY_TAKEN', `${text} (${originKind})`, { place }).toProblem();
}
