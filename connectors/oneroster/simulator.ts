import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type Simulator,
  startSimulator,
} from 'skolnav/testing';
import type { JsonObject } from '../../core/plugin.ts';

/** A provider gives no more than so many in a page, whatever it is asked for. */
const MOST = 300;

/** A provider of OneRoster, started, and the service in front of it. */
export interface OneRosterSimulator extends Simulator {
  /** Base of the service. */
  readonly url: string;
  /** Lists by name, such as `users`. */
  readonly lists: Map<string, readonly JsonObject[]>;
}

/** Starts a provider on a free loopback port. */
export async function startOneRoster(): Promise<OneRosterSimulator> {
  const lists = new Map<string, readonly JsonObject[]>();
  const simulator = await startSimulator((request) => answer(lists, request));
  return { ...simulator, url: `${simulator.origin}/ims/oneroster/rostering/v1p2`, lists };
}

function answer(
  lists: ReadonlyMap<string, readonly JsonObject[]>,
  { method, url }: SimulatedRequest,
): SimulatedAnswer {
  const name = url.pathname.split('/').at(-1) ?? '';
  const query = url.searchParams;
  const filter = query.get('filter') ?? '';
  if (method !== 'GET') return { status: 405 };
  if (filter !== "status='active'") return refusal('invalid_filter_field');
  const order = (one: JsonObject) => String(one['sourcedId']);
  const meant = [...(lists.get(name) ?? [])].filter(({ status }) => status !== 'tobedeleted');
  if (query.get('sort') === 'sourcedId') meant.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const from = Number(query.get('offset') ?? 0);
  const page = meant.slice(from, from + Math.min(MOST, Number(query.get('limit') ?? 100)));
  const headers = { 'X-Total-Count': String(meant.length) };
  return { status: 200, headers, body: { [name]: page } };
}

function refusal(minor: string): SimulatedAnswer {
  const field = { imsx_codeMinorFieldName: 'filter', imsx_codeMinorFieldValue: minor };
  return {
    status: 400,
    body: {
      ...{ imsx_codeMajor: 'failure', imsx_severity: 'error', imsx_description: minor },
      imsx_CodeMinor: { imsx_codeMinorField: [field] },
    },
  };
}
