import { one } from './en-numbers.ts';
import type { PAST as SWEDISH } from './sv-past.ts';

/** The same in English. */
export const PAST: typeof SWEDISH = {
  title: (day) => `The person on ${day}`,
  ask: 'How was it on an earlier day?',
  day: 'Day',
  show: 'Show the day',
  today: 'The person now',
  noDay: 'Give a day of the calendar.',
  kept: (from) =>
    `So it was when the day ended. Runs and failures are kept from ${from} on. What a target held before is not kept: what is shown follows from when the target confirmed what it holds now.`,
  before: 'The day is before all that is kept.',
  intakes: 'Sources that had not been taken in',
  groups: 'Groups that day',
  groupsNote: 'As the sources say it now.',
  would: (verdict) => `by the data and rules of today: ${verdict}`,
  run: 'The last run of the flow until then',
  noRun: 'none is kept from until then',
  held: 'The plan waited for a decision',
  object: 'Object',
  was: 'Then',
  failed: 'Failure that was open then',
  there: (at) => `was there as now, confirmed ${at}`,
  changed: (at) => `what was there is not kept: what is there now was confirmed later, ${at}`,
  unknown: 'is not there now; whether it was is not kept',
  open: 'still open',
  ended: {
    delivered: (at) => `delivered ${at}`,
    removed: (at) => `removed ${at}`,
    superseded: (at) => `superseded ${at}`,
    discarded: (at) => `discarded ${at}`,
  },
  group: (name, day) => `${name} on ${day}`,
  members: 'Members',
  memberCount: (count) => one(count, 'member is shown', 'members are shown'),
  membersNote:
    'As the sources say it now. Whom a source has taken out without a last day is not among them, and no protected person is shown.',
  from: 'First day',
  until: 'Last day',
  type: 'Kind',
  unit: 'School unit',
};
