import type { Operation, Outcome } from '../../core/connector/sink.ts';
import { oneByOne, type SingleObjects } from '../../core/kit/one-by-one.ts';
import type { Written } from '../../core/kit/written.ts';

/** What a connector says of its kinds: nothing of them refers to another. */
export const SURROUNDINGS = { objectSchema: () => ({}) };

export const person = (key: string, version: number) => {
  return { externalId: key, givenName: `Kim${version}`, familyName: 'Ek' };
};

export const create = (key: string, more: Partial<Operation> = {}): Operation => ({
  ...{ action: 'create', objectKind: 'person', key, formerKey: null, object: person(key, 1) },
  ...{ previous: null, remoteId: null, references: {}, ...more },
});

export const failureOf = (outcome: Outcome | undefined) =>
  outcome?.kind === 'failed' ? `${outcome.failure.code}: ${outcome.failure.message}` : null;

/** What a target of single objects is, that gives one answer to each. */
export function answeringWith(
  answer: Written | Error,
  more: Partial<SingleObjects> = {},
): ReturnType<typeof oneByOne> {
  return oneByOne({
    write: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...more,
  });
}
