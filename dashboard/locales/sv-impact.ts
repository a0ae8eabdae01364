import type { ClassImpact, Consequence } from '../../core/control/control-bus.ts';
import { n, one } from './sv-numbers.ts';

const NOUNS: Readonly<Record<string, readonly [string, string]>> = {
  person: ['person', 'personer'],
  group: ['grupp', 'grupper'],
  organisation: ['organisation', 'organisationer'],
  duty: ['tjänst', 'tjänster'],
  placement: ['placering', 'placeringar'],
  activity: ['undervisningstillfälle', 'undervisningstillfällen'],
};

const MEANS: Readonly<Record<Consequence, (module: string) => string>> = {
  missing: (module) => `saknas i ${module}`,
  outdated: (module) => `har gamla uppgifter i ${module}`,
  remains: (module) => `finns kvar i ${module} men ska bort`,
  kept: (module) => `kan inte göras i ordning för ${module}; det som redan finns där är kvar`,
};

function whom(originKind: string, count: number): string {
  const [single, several] = NOUNS[originKind] ?? ['objekt', 'objekt'];
  return one(count, single, several);
}

/** A source's name has no connector behind it. */
function meaning(consequence: Consequence, target: string): string {
  const [module = target, connector] = target.split(':');
  if (connector !== undefined) return MEANS[consequence](module);
  return `från ${module} har inte kunnat läsas in; det som fanns förut gäller`;
}

/** Whom failures concern, and what it means to them. */
export const IMPACT = {
  /** Records of a source have no kind: nothing was made of them. */
  affected: (originKind: string, consequence: Consequence, target: string, count: number) => {
    const who = originKind === '' ? one(count, 'post', 'poster') : whom(originKind, count);
    return `${who} ${meaning(consequence, target)}`;
  },
  short: (consequence: Consequence, target: string) => meaning(consequence, target),
  what: (who: string, consequence: Consequence, target: string, _count: number) =>
    `${who} ${meaning(consequence, target)}`,
  unitLine: (unit: string, said: string) => `${unit}: ${said}`,
  others: (count: number, units: number) =>
    `${n(count)} till på ${one(units, 'annan skolenhet', 'andra skolenheter')}`,
  title: 'Vilka det gäller, och vad det innebär',
  classes: 'Klasser och personal',
  looked: (count: number) => `Av de ${n(count)} äldsta meddelandena.`,
  unit: 'Skolenhet',
  units: 'Skolenheter',
  noUnit: 'okänd skola',
  unnamed: 'skolenhet utan namn',
  class: 'Klass',
  whoHead: 'Vilka',
  means: 'Vad det innebär',
  who: (who: ClassImpact['who'], count: number) =>
    ({
      pupil: one(count, 'elev', 'elever'),
      staff: `${n(count)} i personalen`,
      other: one(count, 'person', 'personer'),
    })[who],
  inClass: (who: string, name: string) => `${who} i ${name}`,
  purpose: (text: string) => `Flödet är till för: ${text}`,
  by: 'Visa efter',
  ways: {
    cause: 'orsak',
    unit: 'skolenhet',
    consequence: 'följd',
    flow: 'flöde och källa',
  },
  flow: 'Flöde eller källa',
  causes: 'Orsaker',
  only: (what: string) => `Bara: ${what}`,
  showAll: 'Visa allt',
  part: (unit: string) => `Bara det som gäller ${unit}.`,
  whole: 'Visa hela gruppen',
  more: 'Nästa sida',
  start: 'Till första sidan',
};
