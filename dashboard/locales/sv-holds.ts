import type { HoldPart } from '../../core/control/control-bus.ts';
import { n, one } from './sv-numbers.ts';
import { ACTIONS } from './sv-terms.ts';

/** What a guard has stopped, and what persons say to it. */
export const HOLDS = {
  title: 'Beslut',
  none: 'Inget väntar på ett beslut.',
  noneNote:
    'När en spärr stoppar något visas det här, skolenhet för skolenhet, tills någon godkänner eller avslår det.',
  subject: 'Vad som väntar',
  since: 'Sedan',
  units: 'Skolenheter',
  why: 'Varför det väntar',
  weekdays: 'Samma veckodag tidigare',
  noWeekdays: 'Inget är känt om samma veckodag tidigare.',
  day: 'Dag',
  now: 'det som väntar',
  windows: 'Vad som är planerat',
  window: (from: string, to: string, reason: string) => `${from} till ${to}: ${reason}`,
  windowOpen: 'öppet nu',
  noWindows: (file: string) =>
    `Inget är planerat för de här dagarna. Ett byte som är känt i förväg skrivs i ${file} under guards.windows, med dagar och skäl; nästa körning följer det.`,
  unit: 'Skolenhet',
  whole: 'Hela',
  unitName: ({ name, unit }: HoldPart) => name || unit || 'utan skolenhet',
  would: 'Skulle ändra',
  state: 'Läge',
  waits: 'väntar',
  approved: 'godkänd',
  rejected: 'avslagen',
  approve: 'Godkänn',
  reject: 'Avslå',
  choose: 'Inget valt betyder allt.',
  needs: (count: number) => `${one(count, 'person', 'olika personer')} måste godkänna.`,
  words: 'Sagt hittills',
  said: (what: string, who: string, when: string, reason: string) =>
    `${what} av ${who} ${when}: ${reason}`,
  reason: 'Skäl',
  changes: 'Visa ändringarna fält för fält',
  changesTitle: 'Vad som skulle ändras',
  about: 'Vad det gäller',
  fields: 'Fält: före → efter',
  unshown: (count: number) => `och ${n(count)} till`,
  notSame: 'Uppgifterna har ändrats sedan dess: nästa körning prövar på nytt.',
  masked: 'Värden visas för den som får se personuppgifter.',
  decided: 'Beslutet är sparat. Nästa körning följer det.',
  over: 'Det väntar inte längre, eller något annat väntar i stället. Inget ändrades.',
  actions: ACTIONS,
};
