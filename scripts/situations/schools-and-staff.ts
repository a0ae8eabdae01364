import { groupXml, membershipXml } from '../generate/ims-xml.ts';
import { schoolYear } from '../generate/school-year.ts';
import type { Casting } from './casting.ts';
import { NOTHING, ofPupil } from './family-life.ts';
import type { RegisterNight } from './register-night.ts';
import { AS_IT_IS, type ByHand, type Situation } from './situation.ts';

/** What changes for groups, schools, teachers, and for the register as a whole. */
export const SCHOOLS_AND_STAFF: readonly Situation[] = [
  {
    ...{ number: 1, name: 'rollover', what: 'a class ends, one of the same name begins' },
    shown: {
      collaboration: 'two classes of one title until the old one ends in three days',
      lms: 'two courses of one title until the old one ends in three days',
      identity: 'two Groups of one name until the old one ends in three days',
    },
    stage: (casting) => {
      const { unit, home } = casting.pupil();
      const next = { ...home, id: casting.city.chance.uuid('next', home.id) };
      const roll = (night: RegisterNight) => {
        const [begin, last] = [casting.day(0), casting.day(3)];
        night.change('group', home.id, /<end>[^<]*/, `<end>${last}`);
        night.add('group', groupXml(next, unit, { ...schoolYear(casting.city), begin }));
        const members = night.text('membership', home.id).replace(home.id, next.id);
        night.add('membership', members.replaceAll(/<begin>[^<]*/g, `<begin>${begin}`));
      };
      return { who: { ends: home.id, begins: next.id }, scenes: [AS_IT_IS, roll] };
    },
  },
  {
    ...{ number: 3, name: 'term', what: 'a teaching group ends with the term, another begins' },
    shown: {
      collaboration: 'one class for another; the home class stays',
      lms: 'one course for another; the home class stays',
      identity: 'nothing: it gets home classes alone',
    },
    stage: (casting) => {
      const { unit, home, teaching } = casting.pupil();
      const [group = home] = teaching;
      const next = { ...group, id: casting.city.chance.uuid('next', group.id) };
      const change = (night: RegisterNight) => {
        const begin = casting.day(0);
        night.change('group', group.id, /<end>[^<]*/, `<end>${casting.day(-1)}`);
        night.add('group', groupXml(next, unit, { ...schoolYear(casting.city), begin }));
        const members = night.text('membership', group.id).replace(group.id, next.id);
        night.add('membership', members.replaceAll(/<begin>[^<]*/g, `<begin>${begin}`));
      };
      return {
        who: { ends: group.id, begins: next.id, stays: home.id },
        scenes: [AS_IT_IS, change],
      };
    },
  },
  {
    ...{ number: 16, name: 'two-schools', what: 'a teacher of two schools leaves one of them' },
    shown: { ...NOTHING, collaboration: 'one role less; the account stays' },
    stage: (casting) => {
      const { person, duty } = casting.teacher();
      const other = casting.otherUnit(casting.pupil());
      const second = casting.city.chance.uuid('second-duty', duty.id);
      const row = (till: string) =>
        [second, person.id, other.id, duty.role, duty.signature, 40, duty.from, till, ''] as const;
      return {
        who: { teacher: person.id, stays: duty.unitId, leaves: other.id },
        scenes: [
          (night) => night.addRow('anstallning', row('')),
          (night) => night.row('anstallning', second, () => row(casting.day(-1)).map(String)),
        ],
      };
    },
  },
  {
    ...{ number: 17, name: 'substitute', what: 'a substitute has the last day today' },
    isNextDay: true,
    shown: {
      collaboration: 'from tomorrow no user, no role',
      lms: 'from tomorrow no person',
      identity: 'from tomorrow no User',
    },
    stage: (casting) => {
      const { person, duty } = casting.teacher();
      const end = (night: RegisterNight) =>
        night.row('anstallning', duty.id, (cells) =>
          cells.map((cell, column) => (column === LAST_DAY ? casting.day(0) : cell)),
        );
      return { who: { teacher: person.id, duty: duty.id }, scenes: [end] };
    },
  },
  {
    ...{ number: 23, name: 'successor', what: 'a school gets another school unit code' },
    isHeld: true,
    shown: {
      collaboration: "the new school with its roles; the old one's wait until a person approves",
      lms: 'the new school; the old one is left for a person to delete',
      identity: 'nothing: it knows no schools',
    },
    stage: (casting) => successor(casting),
  },
  {
    ...{
      number: 32,
      name: 'bulk',
      what: 'a bulk file changes the name of everybody',
      isHeld: true,
    },
    shown: NOTHING,
    stage: () => ({
      who: {},
      scenes: [
        AS_IT_IS,
        (night) => {
          for (const id of night.ids('person')) {
            night.change('person', id, '</family>', '-Ny</family>');
          }
        },
      ],
    }),
  },
  {
    ...{ number: 33, name: 'renamed', what: 'a class gets another name' },
    shown: {
      collaboration: 'the same class with another title',
      lms: 'the same course with another title',
      identity: 'the same Group with another displayName',
    },
    stage: (casting) =>
      ofPupil(casting, ({ home }, night) =>
        night.change('group', home.id, /<short>[^<]*/, `<short>${home.name} Asp`),
      ),
  },
];

/** Column `till` of the duties' file. */
const LAST_DAY = 7;

/** Everybody of the unit is enrolled anew in the one that takes its place. */
function successor(casting: Casting) {
  const { unit } = casting.pupil();
  const next = casting.city.chance.uuid('successor', unit.id);
  const succeed = (night: RegisterNight) => {
    const before = night.text('group', unit.id);
    const period = (name: string, day: string) =>
      `<timeframe><${name}>${day}</${name}></timeframe>`;
    const renewed = before
      .replace(unit.id, next)
      .replace(/<schoolunitcode>\d+/, '<schoolunitcode>89999999')
      .replace('</description>', `</description>${period('begin', casting.day(0))}`);
    const end = period('end', casting.day(-1));
    night.change('group', unit.id, '</description>', `</description>${end}`);
    night.add('group', renewed);
    const members = night.text('membership', unit.id).split('\n');
    const own = members.filter((line) => line.includes('roletype="Student"'));
    const renew = (line: string) => line.replace(/<begin>[^<]*/, `<begin>${casting.day(0)}`);
    night.add(
      'membership',
      membershipXml(
        next,
        own.map((line) => `${renew(line)}\n`),
      ),
    );
    for (const line of own) {
      const person = /<id>([^<]*)/.exec(line)?.[1] ?? '';
      night.end(person, casting.day(-1), [unit.id]);
    }
  };
  return { who: { ends: unit.id, begins: next }, scenes: [AS_IT_IS, succeed] as const };
}

/** What the register's files alone cannot bring about. */
export const BY_HAND: readonly ByHand[] = [
  {
    ...{ number: 31, name: 'manual-edit', what: 'somebody changes an account in a target' },
    steps:
      'Sync; change a name in the target itself; then: skolnav drift identity, skolnav drift identity --repair, skolnav sync.',
  },
  {
    ...{ number: 34, name: 'two-owners', what: 'contact data is edited in two places' },
    steps:
      'Bind a second source that owns the field (config: ownership: { person: { emails: portal } }), change the field in both, and sync.',
  },
];
