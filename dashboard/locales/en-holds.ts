import type { HoldPart } from '../../core/control/control-bus.ts';
import { n, one } from './en-numbers.ts';
import { ACTIONS } from './en-terms.ts';
import type { Words } from './sv.ts';

/** What a guard has stopped, and what persons say to it. */
export const HOLDS: Words['holds'] = {
  title: 'Decisions',
  none: 'Nothing waits for a decision.',
  noneNote:
    'When a guard stops something, it is shown here, school unit by school unit, until somebody approves or rejects it.',
  subject: 'What waits',
  since: 'Since',
  units: 'School units',
  why: 'Why it waits',
  weekdays: 'On the same weekday before',
  noWeekdays: 'Nothing is known of the same weekday before.',
  day: 'Day',
  now: 'what waits',
  windows: 'What is planned',
  window: (from: string, to: string, reason: string) => `${from} to ${to}: ${reason}`,
  windowOpen: 'open now',
  noWindows: (file: string) =>
    `Nothing is planned for these days. An exchange that is known beforehand is written in ${file} under guards.windows, with its days and its reason; the next run follows it.`,
  unit: 'School unit',
  whole: 'Whole',
  unitName: ({ name, unit }: HoldPart) => name || unit || 'no school unit',
  would: 'Would change',
  state: 'State',
  waits: 'waits',
  approved: 'approved',
  rejected: 'rejected',
  approve: 'Approve',
  reject: 'Reject',
  choose: 'Nothing selected means all.',
  needs: (count: number) => `${one(count, 'person', 'different persons')} must approve.`,
  words: 'Said so far',
  said: (what: string, who: string, when: string, reason: string) =>
    `${what} by ${who} ${when}: ${reason}`,
  reason: 'Reason',
  changes: 'Show the changes field by field',
  changesTitle: 'What would change',
  about: 'What it is about',
  fields: 'Fields: before → after',
  unshown: (count: number) => `and ${n(count)} more`,
  notSame: 'The data have changed since: the next run judges anew.',
  masked: 'Values are shown to those who may see personal data.',
  decided: 'The decision is kept. The next run follows it.',
  over: 'It no longer waits, or something else waits instead. Nothing was changed.',
  actions: ACTIONS,
};
