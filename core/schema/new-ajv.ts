import { createRequire } from 'node:module';
import type { Ajv2020, KeywordDefinition } from 'ajv/dist/2020.js';
import { saying } from '../failure/saying.ts';
import { canBe, type DayKind, isNotTooEarly } from '../message/dates.ts';
import type { Saying } from '../message/message.ts';

/** Our own annotations, which carry meaning for the core and none for validation. */
const ANNOTATIONS = [
  'x-reference',
  'x-inverse',
  'x-protected',
  'x-unit',
  'x-at-once',
  'x-traits',
  'x-unique',
  'x-lookup',
  'x-in-force',
  'x-enum-note',
  ...['x-optional', 'x-sensitive', 'x-spelling', 'x-governs', 'x-encoding', 'x-writable', 'x-form'],
];

const require = createRequire(import.meta.url);
/** Read where a schema is compiled: who only looks at what was judged before does without. */
const library = (): typeof import('ajv/dist/2020.js') => require('ajv/dist/2020.js');
const formats = (): typeof import('ajv-formats') => require('ajv-formats');

/** Annotations of days, which are judged: see `canBe`. */
const dayKeywords = ({ _ }: ReturnType<typeof library>): readonly KeywordDefinition[] => [
  {
    ...{ keyword: 'x-day', type: 'string', schemaType: 'string', compile: dayCheck, errors: false },
    error: { message: 'is no day that can be', params: ({ schema }) => _`{ kind: ${schema} }` },
  },
  { keyword: 'x-last-day', type: 'string', compile: () => isNotTooEarly, errors: false },
  {
    ...{ keyword: 'x-not-before', type: 'string', schemaType: 'string', errors: false },
    compile: orderCheck,
    error: { message: 'is too early', params: ({ schema }) => _`{ first: ${schema} }` },
  },
  {
    ...{ keyword: 'x-base-of', type: 'string', schemaType: 'array', errors: false },
    compile: baseCheck,
    error: { message: 'is no base', params: ({ data }) => _`{ address: ${data} }` },
  },
];

/** Of a service's base address: the last step of its path is none of its lists. */
function baseCheck(lists: readonly string[]) {
  return (text: string) => !lists.includes(lastStepOf(text));
}

/** The last step of an address's path; empty where it has none. */
export function lastStepOf(address: string): string {
  return (
    URL.parse(address)
      ?.pathname.split('/')
      .findLast((step) => step !== '') ?? ''
  );
}

/** As of which day something is judged; '' where nothing of it hangs on that. */
interface Judging {
  readonly today: string;
}

function dayCheck(kind: DayKind) {
  return function check(this: Judging, day: string) {
    return canBe(day, kind, this.today);
  };
}

/** Of a moment that must not lie before that of a field beside it; it may be the same. */
function orderCheck(first: string) {
  return (last: string, around?: { readonly parentData: Readonly<Record<string, unknown>> }) => {
    const begin = around?.parentData[first];
    return typeof begin !== 'string' || !(Date.parse(last) < Date.parse(begin));
  };
}

export interface CompileOptions {
  readonly allErrors: boolean;
  readonly useDefaults?: boolean;
  readonly verbose?: boolean;
  readonly coerceTypes?: boolean;
}

/** The library, with our own words: read and made where a schema is compiled. */
export function newAjv(options: CompileOptions): Ajv2020 {
  const loaded = library();
  const ajv = new loaded.Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    // By `schemaFault`, where a schema is not ours: each instance would compile that of schemas anew.
    validateSchema: false,
    // A third of the time that compiling takes, and what is compiled is as fast without it.
    code: { optimize: false },
    passContext: true,
    ...options,
  });
  ajv.addVocabulary([...ANNOTATIONS, ...dayKeywords(loaded)]);
  formats().default(ajv, ['date', 'date-time', 'uri', 'email']);
  for (const [name, faultOf] of Object.entries(FORMATS)) {
    ajv.addFormat(name, (text: string) => faultOf(text) === null);
  }
  return ajv;
}

/** What keeps a text from having a format; null where it has it. */
type FaultOf = (text: string) => Saying | null;

/** Formats of our own, for the options of connectors and for the hub's files. */
export const FORMATS: Readonly<Record<string, FaultOf>> = {
  'http-url': addressFault,
  // Whether it is there is for `check` to say: a workspace may be checked on another machine.
  folder: (text) => (isPath(text) ? null : saying('mustBeFolder', {})),
  'host-folder': (text) => (isPath(text) ? null : saying('mustBeFolderThere', {})),
  host: (text) => (/^[\w.-]+$|^[\da-f:.]+$/i.test(text) ? null : saying('mustBeHost', {})),
};

/** No shell reads it: `~` would be the name of a folder. */
function isPath(text: string): boolean {
  return !text.includes('\0') && !/^~(\/|$)/.test(text);
}

/** What a request can be sent to: a user or password in it would be a secret in clear. */
function addressFault(text: string): Saying | null {
  if (/\s/.test(text)) return saying('addressSpaces', {});
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!isHttp) return saying('mustBeAddress', {});
  if (url.username !== '' || url.password !== '') return saying('addressLogin', {});
  return /[?#]/.test(text) ? saying('addressQuery', {}) : null;
}
