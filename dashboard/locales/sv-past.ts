import { one } from './sv-numbers.ts';

/** En tidigare dag, så långt det finns kvar. */
export const PAST = {
  title: (day: string) => `Personen den ${day}`,
  ask: 'Hur var det en tidigare dag?',
  day: 'Dag',
  show: 'Visa dagen',
  today: 'Personen nu',
  noDay: 'Ange en dag som finns i kalendern.',
  kept: (from: string) =>
    `Så var det när dagen slutade. Körningar och fel finns kvar från ${from}. Vad ett mål höll tidigare sparas inte: det som visas följer av när målet bekräftade det som det håller nu.`,
  before: 'Dagen ligger före det som finns kvar.',
  intakes: 'Källor som inte hade tagits in',
  groups: 'Grupper den dagen',
  groupsNote: 'Enligt vad källorna säger nu.',
  would: (verdict: string) => `med dagens uppgifter och regler: ${verdict}`,
  run: 'Flödets sista körning till dess',
  noRun: 'ingen finns kvar från tiden till dess',
  held: 'Planen väntade på beslut',
  object: 'Objekt',
  was: 'Då',
  failed: 'Fel som var öppet då',
  there: (at: string) => `fanns där som nu, bekräftat ${at}`,
  changed: (at: string) => `vad som fanns sparas inte: det som finns nu bekräftades senare, ${at}`,
  unknown: 'finns inte nu; om det fanns då sparas inte',
  open: 'ännu öppet',
  ended: {
    delivered: (at: string) => `levererat ${at}`,
    removed: (at: string) => `borttaget ${at}`,
    superseded: (at: string) => `ersatt ${at}`,
    discarded: (at: string) => `struket ${at}`,
  },
  group: (name: string, day: string) => `${name} den ${day}`,
  members: 'Medlemmar',
  memberCount: (count: number) => one(count, 'medlem visas', 'medlemmar visas'),
  membersNote:
    'Enligt vad källorna säger nu. Den som en källa har tagit bort utan en sista dag är inte med, och ingen skyddad person visas.',
  from: 'Första dag',
  until: 'Sista dag',
  type: 'Slag',
  unit: 'Skolenhet',
};
