import { nearestOrAll } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import type { ExpressionFault } from './cel-fields.ts';
import { nameOf, startOf } from './cel-node.ts';

/** What the library says of an expression that it does not take. */
interface LibraryError {
  readonly code?: unknown;
  readonly node?: unknown;
  readonly range?: { readonly start?: unknown; readonly end?: unknown };
}

/** What the library finds, by its codes, in sentences of ours; `variables` are what may be meant. */
export function faultOf(
  error: unknown,
  expression: string,
  variables: readonly { readonly name: string }[],
): ExpressionFault {
  const { code, node, range }: LibraryError = isError(error) ? error : {};
  const offset = typeof range?.start === 'number' ? range.start : startOf(node);
  const end = typeof range?.end === 'number' ? range.end : offset;
  const word = nameOf(node) ?? expression.slice(offset, end);
  const fault = (said: Saying, hint: Saying = saying('nothing', {})) => ({ said, hint, offset });
  switch (code) {
    case 'unknown_variable':
      return fault(
        saying('celNoName', { name: word }),
        nearestOrAll(
          word,
          variables.map(({ name }) => name),
        ),
      );
    case 'reserved_identifier':
      return fault(
        saying('celReserved', { name: word }),
        saying('celReservedHint', { name: word }),
      );
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
    case 'newline_in_string':
      return fault(saying('celUnclosed', {}));
    case 'limit_exceeded':
      return fault(saying('celTooLong', {}));
    default:
      return fault(isOfTypes(code) ? saying('celTypes', { call: word }) : saying('celBroken', {}));
  }
}

/** Codes of the library's checker of types; all others are its parser's. */
const OF_TYPES = /type|operand|condition|overload|index|argument|key/;

function isOfTypes(code: unknown): boolean {
  return typeof code === 'string' && OF_TYPES.test(code);
}

function isError(error: unknown): error is LibraryError {
  return typeof error === 'object' && error !== null;
}
