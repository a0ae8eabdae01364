import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JsonObject } from '../../message/message.ts';
import { loadCanonicalSchemas } from '../../schema/canonical-schemas.ts';
import { type CompiledMapping, compileMapping } from '../compile-mapping.ts';
import type { OutboundMapping } from '../compiled.ts';
import { compileExpression } from '../language/cel.ts';
import { judgedUntil } from '../language/dates.ts';
import { conditionCode } from './ways.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
const canonical = await loadCanonicalSchemas([folder]);
const ANYTHING = { type: 'object' } as const;
const CONTEXT = { today: '2026-09-01', lookup: () => undefined };

function compile(text: string): CompiledMapping {
  const connector = { name: 'x', streams: new Map(), objects: new Map([['thing', ANYTHING]]) };
  const world = { canonical, readTable: () => null };
  return compileMapping('m.yaml', `from: person.v1\nto: x/thing\n${text}`, connector, world);
}

function outbound(text: string): OutboundMapping {
  const { mapping, lints } = compile(text);
  assert.deepEqual(lints, []);
  assert.ok(mapping !== null && 'project' in mapping);
  return mapping;
}

/**
 * Both ways, as text: the order of fields counts; with the day until which it stands, but where one
 * is parked, which is planned anew each night: what fails first may have asked for a day or not.
 */
function sameBothWays({ ways }: OutboundMapping, given: JsonObject): void {
  const view = { id: 'x', ...given };
  const judged = (project: OutboundMapping['project']) => {
    const { result, until } = judgedUntil(() => project(view, CONTEXT));
    const isParked = result.some((one) => 'problem' in one);
    return `${isParked ? '' : until} ${JSON.stringify(result, null, 1)}`;
  };
  assert.equal(judged(ways.generated().run), judged(ways.interpreted));
}

const scalar = fc.constantFrom(
  ...[
    null,
    true,
    false,
    '',
    ' ',
    'x',
    'y',
    'Skola elev',
    '12',
    'å, b',
    '\u{1f600}',
    '2026-08-01',
    '2027-01-01',
  ],
  ...[0, 1, 1.5, -3],
);
const day = fc.constantFrom('2026-08-01', '2026-08-20', '2026-09-01', '2027-01-01', 'x');
const item = fc.record(
  { type: scalar, value: scalar, startDate: day, endDate: day, cancelled: scalar, person: scalar },
  { requiredKeys: [], noNullPrototype: true },
);
const value = fc.oneof(
  scalar,
  item,
  fc.array(fc.oneof(scalar, { weight: 3, arbitrary: item }), { maxLength: 4 }),
);
const given = fc.dictionary(
  fc.constantFrom('givenName', 'familyName', 'emails', 'duties', 'enrolments', 'skolnav'),
  value,
);

const { bool, anything } = fc.letrec<{
  text: string;
  list: string;
  bool: string;
  anything: string;
}>((tie) => ({
  anything: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('p', 'q', 'givenName', 'e', 'it') },
    fc
      .tuple(tie('anything'), fc.constantFrom('type', 'value', 'person'))
      .map((one) => one.join('.')),
    tie('list').map((list) => `first(${list})`),
    fc.tuple(tie('list'), fc.nat({ max: 2 })).map(([list, at]) => `${list}[${at}]`),
    fc.tuple(tie('anything'), tie('anything')).map(([one, other]) => `orElse(${one}, ${other})`),
    tie('text'),
  ),
  text: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("'x'", "''", "'Skola elev'", "'a\"\\\\'") },
    fc.constant('today'),
    tie('anything').map((one) => `text(${one})`),
    fc.tuple(tie('anything'), tie('text')).map(([one, other]) => `(${one} + ${other})`),
    fc.tuple(tie('anything'), fc.nat({ max: 3 })).map(([one, to]) => `${one}.substring(0, ${to})`),
    tie('anything').map((one) => `text(int(${one}) - 1)`),
  ),
  list: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('l', 'm', 'duties') },
    fc.tuple(tie('list'), tie('bool')).map(([list, test]) => `${list}.filter(e, ${test})`),
    fc.tuple(tie('list'), tie('anything')).map(([list, one]) => `${list}.map(e, ${one})`),
    tie('anything').map((one) => `${one}.split(',')`),
  ),
  bool: fc.oneof(
    fc
      .tuple(tie('anything'), fc.constantFrom('==', '!='), tie('anything'))
      .map((one) => one.join(' ')),
    fc
      .tuple(tie('anything'), fc.constantFrom('<', '<=', '>', '>='), tie('text'))
      .map((x) => x.join(' ')),
    tie('anything').map((one) => `${one} in ['x', 'Skola elev', '']`),
    tie('anything').map((one) => `${one} == null`),
    tie('anything').map((one) => `has(${one}.type)`),
    fc
      .constantFrom('active', 'notEnded', 'ours')
      .chain((f) => tie('anything').map((x) => `${f}(${x})`)),
    tie('anything').map((one) => `recent(${one}, 20)`),
    tie('anything').map((one) => `age(${one}) < 18`),
    tie('list').map((list) => `size(${list}) > 1`),
    tie('anything').map((one) => `size(${one}) <= 2 && ${one}.size() != 1`),
    tie('anything').map((one) => `${one}.contains('x') || ${one}.matches('^[a-z]$')`),
    tie('bool').map((one) => `!(${one})`),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map((x) => `(${x.join(' ')})`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(tie('list'), fc.constantFrom('exists', 'all', 'exists_one'), tie('bool'))
      .map(([list, macro, test]) => `${list}.${macro}(e, ${test})`),
  ),
}));

/** Names in which anything may stand: the schema of a person tells the rest. */
const NAMED = { p: 'givenName', q: 'familyName', s: 'skolnav', l: 'emails', m: 'enrolments' };
const FREE = Object.entries(NAMED)
  .map(([name, field]) => `${name}: dyn(${field})`)
  .join(', ');

/** What a condition gives, or what it throws. */
function told(judge: () => unknown): string {
  try {
    return JSON.stringify(judge());
  } catch (thrown) {
    return String(thrown);
  }
}

describe('generated code', () => {
  it('evaluates any expression as the interpreter does', () => {
    let compiled = 0;
    const property = fc.property(
      fc.oneof({ weight: 5, arbitrary: bool }, anything),
      fc.array(given, { maxLength: 12 }),
      (test, all) => {
        const written = JSON.stringify(test);
        const rules = `when: ${written}\nfields: { is: { cel: ${written} } }`;
        const { mapping } = compile(`key: { take: id }\nlet: { ${FREE} }\n${rules}`);
        // What is no expression at all is a lint.
        if (mapping === null || !('project' in mapping)) return;
        compiled += 1;
        for (const one of all) sameBothWays(mapping, one);
      },
    );
    fc.assert(property, { numRuns: 1500 });
    assert.ok(compiled > 300, `${compiled}`);
  }).timeout(60_000);

  it('judges by a condition of a flow as the interpreter does, and throws what it throws', () => {
    const variables = ['p', 'q', 'givenName', 'l', 'm', 'duties'].map((name) => {
      return { name, whenAbsent: name.length === 1 ? null : [], schema: {} };
    });
    const field = fc.constantFrom('p', 'q', 'givenName', 'l', 'm', 'duties');
    const views = fc.array(fc.dictionary(field, value), { maxLength: 8 });
    const property = fc.property(bool, views, (test, all) => {
      const compiled = compileExpression(test, variables, {});
      if (!('evaluate' in compiled)) return;
      const { interpreted, generated } = conditionCode(compiled).ways;
      for (const one of all) {
        const view = { id: 'x', ...one };
        const expected = told(() => interpreted(view, CONTEXT.today));
        assert.equal(
          told(() => generated().run(view, CONTEXT.today)),
          expected,
        );
      }
    });
    fc.assert(property, { numRuns: 1500 });
  }).timeout(60_000);

  it('follows every rule and modifier as the interpreter does', () => {
    const mapping = outbound(`each: emails
as: mail
let: { kind: "dyn(orElse(mail.type, 'none'))", ${FREE} }
when: kind != 'y'
key: { cel: "id + kind" }
fields:
  a.b.c: { take: givenName, upper: true, missing: park, empty: { use: none } }
  a.b.d: { take: 'emails[value="x"].value', maxLength: 2, longer: omit, "null": { use: 7 } }
  a.e: { take: familyName, number: true, default: 1 }
  f: { take: mail.value, boolean: { true: [x], false: [y] }, missing: { use: null } }
  g: { take: mail.value, split: ",", template: "<{}>" }
  a.h: { take: kind, table: { x: eks, "12": tolv }, unmapped: omit }
  i: { list: m, as: one, where: "has(one.type)", item: { "j j": { take: one.type, pattern: "^[xy]$" } }, empty: park }
  k:
    list:
      - { take: givenName }
      - { const: 3 }
      - { item: { l: { take: s.type } }, where: has(s.value) }
  m: { take: s.startDate, date: yyyy-MM-dd }
  n: { list: l }`);
    fc.assert(
      fc.property(given, (one) => sameBothWays(mapping, one)),
      { numRuns: 4000 },
    );
  }).timeout(60_000);

  it('holds no text of the file, whatever names and words it uses', () => {
    const hostile = [
      ...['"]; throw 1; //', '`;}); //', "'", '\\', '\u2028', '*/', '__proto__'],
      ...['constructor', 'toString', 'hasOwnProperty', 'c0', 'root', 'length', 'x'.repeat(200)],
    ];
    const fields = hostile
      .filter((name) => !(name in Object.prototype))
      .map((name) => `  ${JSON.stringify(name)}: { const: ${JSON.stringify(name)} }`);
    const mapping = outbound(`key: { take: id }
let: { word: ${JSON.stringify(`${hostile.map((one) => JSON.stringify(one)).join(' + ')}`)} }
fields:
${fields.join('\n')}
  word: { take: word }
  mail: { take: ${JSON.stringify('emails[value="`,` \'); //"].value')} }`);
    sameBothWays(mapping, { emails: [{ value: "`,` '); //" }] });
    const [made] = mapping.ways.generated().run({ id: 'x', emails: [] }, CONTEXT);
    assert.ok(made !== undefined && 'object' in made);
    assert.equal(made.object['word'], hostile.join(''));
  });
});
