import type { Account, ControlBus, Right } from '../core/control/control-bus.ts';
import type { Html } from './html.ts';
import type { Inspections } from './inspections.ts';
import type { Language } from './language.ts';
import type { Live } from './live.ts';
import type { Retries } from './retries.ts';
import type { Syncs } from './syncs.ts';
import type { Trials } from './trials.ts';
import type { Tries } from './tries.ts';

/** Who may come: anyone, whoever has signed in, or whoever has one right. */
export type Needs = 'anyone' | 'account' | Right;

/** One address of the dashboard. Nothing is served that does not stand in a list of these. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly needs: Needs;
  answer(ask: Ask, house: House): Promise<Answer>;
}

/** What all requests share. */
export interface House {
  readonly control: ControlBus;
  readonly now: () => number;
  readonly live: Live;
  readonly retries: Retries;
  readonly syncs: Syncs;
  readonly trials: Trials;
  readonly inspections: Inspections;
  readonly tries: Tries;
}

/** One request, checked: whoever asks may, and a form is one of ours. */
export interface Ask {
  /** Null only where anyone may come. */
  readonly account: Account | null;
  /** For the audit trail. */
  readonly who: string;
  readonly language: Language;
  /** The cookie's value, whether it has signed in or not. */
  readonly session: string;
  /** Stands in every form. */
  readonly csrf: string;
  /** A path of ours that was asked for before the sign-in; '/' for none. */
  readonly back: string;
  readonly address: string;
  param(name: string): string;
  query(name: string): string;
  field(name: string): string;
  fields(name: string): readonly string[];
  /** For what it is about, as the control bus has it; without that, for anything. */
  may(right: Right, subject?: string): boolean;
}

export type Answer =
  | { readonly kind: 'page'; readonly title: string; readonly body: Html; readonly status?: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'see'; readonly path: string; readonly cookies?: readonly Cookie[] }
  | { readonly kind: 'text'; readonly text: string; readonly status: number }
  | FileAnswer
  | { readonly kind: 'live' };

/** What is downloaded. */
export interface FileAnswer {
  readonly kind: 'file';
  readonly name: string;
  readonly type: string;
  readonly text: AsyncIterable<string>;
}

export interface Cookie {
  /** `back`: the page that is shown after the sign-in. */
  readonly name: 'session' | 'language' | 'back';
  /** Empty: the cookie goes. */
  readonly value: string;
}

/** What is no page to come back to: news, and a file. */
export const NO_PAGES: readonly string[] = ['/live', '/audit/export'];

export const MISSING: Answer = { kind: 'missing' };

export function page(title: string, body: Html, status = 200): Answer {
  return { kind: 'page', title, body, status };
}

/** The reason that a form gives for what is done; '' for none. */
export function reasonOf({ field }: Ask): string {
  return field('reason').trim().slice(0, 500);
}

/** A path of ours, whatever a form or a cookie says: nobody is sent elsewhere. */
export function ownPath(path: string): string {
  return /^\/(?:[\w-]+(?:\/[\w-]+)*)?(?:\?[\w=&%.:+*-]*)?$/.test(path) ? path : '/';
}

/** After a form: the browser asks anew, so that a reload repeats nothing. */
export function see(path: string): Answer {
  return { kind: 'see', path };
}
