import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Target } from '../../flow/target.ts';
import type { Problem } from '../../message/message.ts';

/** Why an object is not made whose key another one has, that says something else. */
export function keyTaken({ name, flow }: Target, objectKind: string, originKind: string): Problem {
  const said = saying('keyIsTaken', { target: name, kind: objectKind, origin: originKind });
  const place = { file: flow.file, line: null, field: 'key' };
  return new RefusedFailure('KEY_TAKEN', said, { place }).toProblem();
}
