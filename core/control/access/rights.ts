import assert from 'node:assert/strict';

/**
 * What a person may do on the dashboard. `list`: see what has failed and how the nights went;
 * `contents`: look up persons and see their values; `protected`: learn that a protected person is
 * known here; `act`: retry, discard, decide, run and pause; `administer`: accounts and sessions.
 */
export const RIGHTS = ['list', 'contents', 'protected', 'act', 'administer'] as const;
export type Right = (typeof RIGHTS)[number];

/** Those that may be of one flow, and of what stands around it. */
export const FLOW_RIGHTS = ['list', 'contents', 'act'] as const;
export type FlowRight = (typeof FLOW_RIGHTS)[number];

/** A right as it is given: of all flows, or of one, `act:lms`. */
export type Grant = Right | `${FlowRight}:${string}`;

/** What is given, and the flow of which alone; null: of all. */
export function partsOf(grant: Grant): { readonly right: Right; readonly flow: string | null } {
  const [name = '', flow = null] = grant.split(':');
  const right = RIGHTS.find((one) => one === name);
  assert(right !== undefined, 'a grant begins with a right');
  return { right, flow };
}

export function isGrant(text: string): text is Grant {
  const [right = '', ...flow] = text.split(':');
  if (flow.length === 0) return RIGHTS.some((one) => one === right);
  return FLOW_RIGHTS.some((one) => one === right) && /^[a-z][a-z0-9-]*$/.test(flow.join(':'));
}

/** The texts as grants, each once; null where one is none, or is of a flow that is not there. */
export function grantsIn(
  texts: readonly string[],
  flows: readonly string[],
): readonly Grant[] | null {
  const grants = texts.filter(isGrant);
  const named = grants.flatMap((grant) => partsOf(grant).flow ?? []);
  const isKnown = named.every((flow) => flows.includes(flow));
  if (grants.length < texts.length || !isKnown) return null;
  return grants.filter((grant) => {
    const { right, flow } = partsOf(grant);
    return flow === null || !grants.includes(right);
  });
}
