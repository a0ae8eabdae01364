import type {
  ClassImpact,
  Finding,
  FindingKind,
  Hold,
  UnitImpact,
  WiredFlow,
} from '../../core/control/control-bus.ts';
import { type Affected, affectedBy } from '../affected.ts';
import { type Html, html } from '../html.ts';
import type { Ask, House } from '../route.ts';
import { saySubject } from '../subjects.ts';
import { pathOf } from './group.ts';
import { meaningOf, remedyOf, textOf } from './problem.ts';

/** So many lines say whom it concerns; the rest is a number. */
const MOST_LINES = 3;
/** Of more messages of a group no class is told here: the page of the group does. */
const MOST_NAMED = 50;

/** What cards need to say whom something concerns: read once for all of them. */
export interface Concerned {
  readonly impacts: readonly UnitImpact[];
  /** Of small groups, by the finding's id. */
  readonly classes: ReadonlyMap<string, readonly ClassImpact[]>;
  readonly holds: readonly Hold[];
  readonly flows: readonly WiredFlow[];
}

export async function concernedBy(
  findings: readonly Finding[],
  { control }: House,
): Promise<Concerned> {
  const has = (kind: FindingKind) => findings.some((one) => one.kind === kind);
  const impacts = has('failed') ? await control.impacts() : [];
  const classes = new Map<string, readonly ClassImpact[]>();
  for (const finding of findings) {
    const [one, ...others] = impactsOf(finding, impacts);
    const isSmall = one !== undefined && others.length === 0 && one.count <= MOST_NAMED;
    if (isSmall && one.originKind === 'person')
      classes.set(finding.id, (await control.classesOf(one)).classes);
  }
  const holds = has('hold') ? await control.holds('open') : [];
  return { impacts, classes, holds, flows: control.wiring().flows };
}

/** One finding: what it is, whom it concerns, what to do and where. */
export function findingCard(ask: Ask, finding: Finding, concerned: Concerned): Html {
  const { code, subject, kind } = finding;
  const lines = whom(ask, finding, concerned).map((line) => html`<li>${line}</li>`);
  // Whom failures concern says how many they are.
  const isSaid = kind === 'failed' && lines.length > 0;
  return html`<p class="what">${meaningOf(ask, code)}</p>${isSaid ? null : html`<p>${textOf(ask, finding)}</p>`}
${lines.length === 0 ? null : html`<ul class="whom">${lines}</ul>`}
${whatToDo(ask, finding, concerned)}
<p class="note">${code}, ${saySubject(ask.language, subject)}</p>`;
}

/** How many failures of a finding concern whom: the more, the more it matters. */
export function weightOf(finding: Finding, { impacts }: Concerned): number {
  return impactsOf(finding, impacts).reduce((sum, { count }) => sum + count, 0);
}

/** Whom it concerns, in a line each. */
function whom(ask: Ask, finding: Finding, concerned: Concerned): readonly string[] {
  const { overview: words, impact, counts, holds: holdWords } = ask.language.words;
  const { impacts, classes, holds, flows } = concerned;
  const { subject, kind, id } = finding;
  if (kind === 'failed') {
    const named = classes.get(id);
    if (named !== undefined) return classLines(ask, subject, named);
    return unitLines(ask, affectedBy(impactsOf(finding, impacts)));
  }
  if (kind === 'hold') {
    const own = holds.filter((hold) => hold.subject === subject);
    const parts = own.flatMap((hold) => hold.parts);
    const said = parts.map((part) =>
      impact.unitLine(holdWords.unitName(part), counts(part.counts)),
    );
    if (said.length > 0) return atMost(ask, said, parts.length);
    if (own.every((hold) => hold.kinds === undefined))
      return own.map((hold) => counts(hold.counts)).filter((line) => line !== '');
  }
  const [type, name = ''] = subject.split(' ');
  if (type === 'intake') {
    const read = flows.filter(({ from }) => from.includes(name)).map((flow) => flow.name);
    return read.length === 0 ? [] : [words.oldNews(name, read.join(', '))];
  }
  const purpose = flows.find((flow) => type === 'flow' && flow.name === name)?.purpose ?? '';
  return purpose === '' ? [] : [impact.purpose(purpose)];
}

/** Of what has failed with a finding's code at its target or source. */
function impactsOf(
  { kind, code, subject }: Finding,
  impacts: readonly UnitImpact[],
): readonly UnitImpact[] {
  if (kind !== 'failed') return [];
  return impacts.filter(
    (one) => one.code === code && one.target === subject && one.state === 'failed',
  );
}

function unitLines(ask: Ask, all: readonly Affected[]): readonly string[] {
  const { impact: words } = ask.language.words;
  const said = all.map(({ name, originKind, consequence, target, count }) => {
    const what = words.affected(originKind, consequence, target, count);
    return name === '' ? what : words.unitLine(name, what);
  });
  if (said.length <= MOST_LINES + 1) return said;
  const rest = all.slice(MOST_LINES);
  const more = rest.reduce((sum, { count }) => sum + count, 0);
  const units = new Set(rest.map(({ unit }) => unit)).size;
  return [...said.slice(0, MOST_LINES), words.others(more, units)];
}

/** `Oak: 14 pupils in 5B are missing in lms`. */
function classLines(ask: Ask, target: string, classes: readonly ClassImpact[]): readonly string[] {
  const { impact: words } = ask.language.words;
  const said = classes.map(({ unit, name, who, consequence, count }) => {
    const whoIs = words.who(who, count);
    const where = name === '' ? whoIs : words.inClass(whoIs, name);
    const what = words.what(where, consequence, target, count);
    return unit === '' ? what : words.unitLine(unit, what);
  });
  return atMost(ask, said, classes.length);
}

function atMost(ask: Ask, lines: readonly string[], all: number): readonly string[] {
  if (lines.length <= MOST_LINES + 1) return lines;
  return [...lines.slice(0, MOST_LINES), ask.language.words.overview.more(all - MOST_LINES)];
}

/** The group that a finding is about; the list, where it is about several. */
function pathOfFailed(finding: Finding, impacts: readonly UnitImpact[]): string {
  const [one, ...others] = impactsOf(finding, impacts);
  const isOne = others.every(({ type, objectKind }) => {
    return type === one?.type && objectKind === one.objectKind;
  });
  if (one !== undefined && isOne) {
    const { target, type, state, code, objectKind } = one;
    return pathOf({ target, type, state, code, objectKind });
  }
  return `/failed?${new URLSearchParams({ target: finding.subject, code: finding.code })}`;
}

/** A hold's remedy is its page. */
function whatToDo(ask: Ask, finding: Finding, { holds, impacts }: Concerned): Html {
  const { overview: words } = ask.language.words;
  const { kind, subject } = finding;
  if (kind === 'hold') {
    const [one, ...others] = holds.filter((hold) => hold.subject === subject);
    const path = one === undefined || others.length > 0 ? '/holds' : `/holds/${one.id}`;
    return html`<p><a href="${path}">${words.toHold}: ${saySubject(ask.language, subject)}</a></p>`;
  }
  if (kind === 'override') {
    return html`<p><a href="/overrides">${words.toOverrides}: ${subject}</a></p>`;
  }
  const remedy = html`<p>${remedyOf(ask, finding)}</p>`;
  if (kind === 'pause') return html`${remedy}<p><a href="/schedule">${words.toSchedule}</a></p>`;
  if (kind !== 'failed') return remedy;
  return html`${remedy}<p><a href="${pathOfFailed(finding, impacts)}">${words.toFailed}: ${subject}</a></p>`;
}
