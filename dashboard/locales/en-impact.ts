import type { Consequence } from '../../core/control/control-bus.ts';
import { n, one } from './en-numbers.ts';
import type { Words } from './sv.ts';

const NOUNS: Readonly<Record<string, readonly [string, string]>> = {
  person: ['person', 'persons'],
  group: ['group', 'groups'],
  organisation: ['organisation', 'organisations'],
  duty: ['duty', 'duties'],
  placement: ['placement', 'placements'],
  activity: ['activity', 'activities'],
};

const MEANS: Readonly<Record<Consequence, (module: string, count: number) => string>> = {
  missing: (module, count) => `${count === 1 ? 'is' : 'are'} missing in ${module}`,
  outdated: (module, count) => `${count === 1 ? 'has' : 'have'} old details in ${module}`,
  remains: (module, count) => `${count === 1 ? 'is' : 'are'} still in ${module} and should be gone`,
  kept: (module) => `cannot be made ready for ${module}; what is there already stays`,
};

function whom(originKind: string, count: number): string {
  const [single, several] = NOUNS[originKind] ?? ['object', 'objects'];
  return one(count, single, several);
}

/** A source's name has no connector behind it. */
function meaning(consequence: Consequence, target: string, count: number): string {
  const [module = target, connector] = target.split(':');
  if (connector !== undefined) return MEANS[consequence](module, count);
  return `of ${module} could not be taken in; what was there before still holds`;
}

export const IMPACT: Words['impact'] = {
  affected: (originKind, consequence, target, count) => {
    const who = originKind === '' ? one(count, 'record', 'records') : whom(originKind, count);
    return `${who} ${meaning(consequence, target, count)}`;
  },
  short: (consequence, target) => meaning(consequence, target, 2),
  what: (who, consequence, target, count) => `${who} ${meaning(consequence, target, count)}`,
  unitLine: (unit, said) => `${unit}: ${said}`,
  others: (count, units) =>
    `${n(count)} more at ${one(units, 'other school unit', 'other school units')}`,
  title: 'Whom it concerns, and what it means',
  classes: 'Classes and staff',
  looked: (count) => `Of the ${n(count)} oldest messages.`,
  unit: 'School unit',
  units: 'School units',
  noUnit: 'school not known',
  unnamed: 'school unit without a name',
  class: 'Class',
  whoHead: 'Who',
  means: 'What it means',
  who: (who, count) =>
    ({
      pupil: one(count, 'pupil', 'pupils'),
      staff: `${n(count)} of the staff`,
      other: one(count, 'person', 'persons'),
    })[who],
  inClass: (who, name) => `${who} in ${name}`,
  purpose: (text) => `What the flow is for: ${text}`,
  by: 'Show by',
  ways: {
    cause: 'cause',
    unit: 'school unit',
    consequence: 'consequence',
    flow: 'flow and source',
  },
  flow: 'Flow or source',
  causes: 'Causes',
  only: (what) => `Only: ${what}`,
  showAll: 'Show all',
  part: (unit) => `Only what concerns ${unit}.`,
  whole: 'Show the whole group',
  more: 'Next page',
  start: 'To the first page',
};
