import { memberXml, sourcedId } from '../generate/ims-xml.ts';
import { impossibleNumber, temporaryNumber } from '../generate/numbers.ts';
import type { Casting, Pupil } from './casting.ts';
import type { RegisterNight } from './register-night.ts';
import { AS_IT_IS, type Shown, type Situation } from './situation.ts';

/** Nothing is told to anybody. */
export const NOTHING: Shown = { collaboration: 'nothing', lms: 'nothing', identity: 'nothing' };

const GONE: Shown = {
  collaboration: 'no row of the pupil in users.csv, roles.csv, enrollments.csv',
  lms: 'the person is in the trash; no guardian has the child',
  identity: 'no User, and a member of no Group',
};

/** What changes in families, and who a person is. */
export const FAMILY_LIFE: readonly Situation[] = [
  {
    ...{ number: 8, name: 'custody', what: 'a guardian loses custody' },
    shown: { ...NOTHING, lms: 'the guardian who lost it has the child no more, the same night' },
    stage: (casting) => {
      const { child, guardians } = casting.pupil();
      const [one, other] = guardians;
      const lose = (night: RegisterNight) => {
        const contact = `<contactperson relation="Guardian" custody="joint">${sourcedId(other.id)}</contactperson>`;
        night.change('person', child.id, contact, '');
        night.change('person', child.id, 'custody="joint"', 'custody="sole"');
      };
      return { who: { pupil: child.id, keeps: one.id, loses: other.id }, scenes: [AS_IT_IS, lose] };
    },
  },
  {
    ...{ number: 9, name: 'eighteen', what: 'a pupil turns 18 tomorrow', isNextDay: true },
    shown: { ...NOTHING, lms: 'from tomorrow the guardians have the child no more' },
    stage: (casting) => {
      const { child, guardians } = casting.pupil();
      const birthday = casting.day(1).replace(/^\d{4}/, (year) => String(Number(year) - 18));
      const be = (night: RegisterNight) =>
        night.change('person', child.id, /<bday>[^<]*/, `<bday>${birthday}`);
      return { who: { pupil: child.id, guardian: guardians[0].id }, scenes: [be] };
    },
  },
  {
    ...{ number: 10, name: 'siblings', what: 'a sibling begins in the same school' },
    shown: {
      collaboration: 'a user and a role more',
      lms: 'a person more; each guardian is one person, with two children',
      identity: 'a User more',
    },
    stage: (casting) => withNewcomer(casting, { givenName: 'Robin', birthDate: '2016-02-03' }),
  },
  {
    ...{
      number: 11,
      name: 'twins',
      what: 'a twin of the same birth date begins in the same class',
    },
    shown: {
      collaboration: 'a user, a role and enrollments more',
      lms: 'a person and memberships more; two persons who differ in id and given name',
      identity: 'a User more, in the same Group',
    },
    stage: (casting) => withNewcomer(casting, {}, true),
  },
  {
    ...{ number: 12, name: 'separated', what: 'separated parents: two placements, an owner each' },
    shown: NOTHING,
    stage: (casting) => {
      const { child, guardians, unit } = casting.pupil();
      const place = (night: RegisterNight) => {
        for (const { id } of guardians) {
          const own = casting.city.chance.uuid('two-places', child.id, id);
          const placement = `<placement id="${own}" schooltype="F"><owner>${id}</owner></placement>`;
          const begin = casting.day(0);
          const about = { personId: child.id, role: 'Child', begin, end: null } as const;
          night.join(unit.id, memberXml({ ...about, placement }));
        }
      };
      return { who: { pupil: child.id, unit: unit.id }, scenes: [AS_IT_IS, place] };
    },
  },
  {
    ...{ number: 13, name: 'name', what: 'a new family name' },
    shown: {
      collaboration: 'the same user with the new name; username and e-mail are as they were',
      lms: 'the same person with the new name',
      identity: 'the same User, with another displayName',
    },
    stage: (casting) =>
      ofPupil(casting, ({ child }, night) =>
        night.change('person', child.id, /<family>[^<]*/, '<family>Nygren'),
      ),
  },
  {
    ...{ number: 14, name: 'number', what: 'a temporary number becomes a personal number' },
    shown: NOTHING,
    stage: (casting) => {
      const { child } = casting.pupil();
      const temporary = temporaryNumber(child.birthDate, child.index);
      const number = impossibleNumber(child.birthDate, child.index, true);
      const begin = (night: RegisterNight) =>
        night.change('person', child.id, `"PID">${child.civicNo}<`, `"PID">${temporary}<`);
      const become = (night: RegisterNight) => {
        night.change('person', child.id, `"PID">${temporary}<`, `"PID">${number}<`);
        const former = `<formerid useridtype="PID" until="${casting.day(0)}">${temporary}</formerid>`;
        night.change('person', child.id, '</extension>', `${former}</extension>`);
      };
      return { who: { pupil: child.id }, scenes: [begin, become] };
    },
  },
  {
    ...{ number: 15, name: 'merger', what: 'the register finds that two persons are one' },
    shown: {
      collaboration: 'one user less; the survivor is in both classes',
      lms: 'one person less; the survivor has the memberships of both',
      identity: 'one User less; the survivor keeps its own',
    },
    stage: (casting) => {
      const pupil = casting.pupil();
      const { child, unit } = pupil;
      const twin = casting.newcomer(child);
      const both = (night: RegisterNight) => {
        casting.arrive(night, twin);
        casting.enrol(night, twin.id, unit, { year: child.year });
        casting.joinGroup(night, twin.id, casting.classOf(unit));
      };
      const merge = (night: RegisterNight) => {
        night.remove('person', twin.id);
        night.change('person', child.id, 'recstatus="1"', 'recstatus="4"');
        const merged = `<mergeduser>${twin.id}</mergeduser></extension>`;
        night.change('person', child.id, '</extension>', merged);
      };
      return { who: { survivor: child.id, twin: twin.id }, scenes: [both, merge] };
    },
  },
  {
    ...{ number: 18, name: 'protected', what: 'protection is switched on' },
    shown: GONE,
    stage: (casting) =>
      ofPupil(casting, ({ child }, night) =>
        night.change('person', child.id, '</status>', '</status><privacy level="1"/>'),
      ),
  },
  {
    ...{ number: 19, name: 'new-identity', what: 'a new identity: one goes, one unknown comes' },
    shown: {
      collaboration: 'one user less and one more; nothing links them',
      lms: 'one person less and one more; nothing links them',
      identity: 'one User less and one more; nothing links them',
    },
    stage: (casting) => {
      const { child, unit, home } = casting.pupil();
      const other = casting.newcomer(child, { familyName: 'Ny', guardians: [] });
      const vanish = (night: RegisterNight) => {
        for (const place of night.placesOf(child.id)) night.member(place, child.id, () => '');
        night.remove('person', child.id);
        night.removeRow('konto', child.id);
        casting.arrive(night, other);
        casting.enrol(night, other.id, unit, { begin: casting.day(0) });
        casting.joinGroup(night, other.id, home, casting.day(0));
      };
      return { who: { before: child.id, after: other.id }, scenes: [AS_IT_IS, vanish] };
    },
  },
  {
    ...{ number: 20, name: 'released', what: 'protection is switched off', isHeld: true },
    shown: NOTHING,
    stage: (casting) => {
      const { child } = casting.pupil();
      const mark = '<privacy level="1"/>';
      return {
        who: { pupil: child.id },
        scenes: [
          (night) => night.change('person', child.id, '</status>', `</status>${mark}`),
          (night) => night.change('person', child.id, mark, ''),
        ],
      };
    },
  },
  {
    ...{ number: 21, name: 'death', what: 'a pupil has died' },
    shown: GONE,
    stage: (casting) => withStatus(casting, 'Deceased'),
  },
  {
    ...{ number: 22, name: 'emigrated', what: 'a pupil has emigrated' },
    shown: { ...NOTHING, identity: 'the User is there, and active is false' },
    stage: (casting) => withStatus(casting, 'Emigrated'),
  },
];

/** A night in which something becomes of a pupil. */
export function ofPupil(casting: Casting, become: (pupil: Pupil, night: RegisterNight) => void) {
  const pupil = casting.pupil();
  const { child, unit, home } = pupil;
  const who = { pupil: child.id, school: unit.id, class: home.id };
  const scene = (night: RegisterNight) => become(pupil, night);
  return { who, scenes: [AS_IT_IS, scene] as const };
}

function withStatus(casting: Casting, status: string) {
  return ofPupil(casting, ({ child }, night) =>
    night.change('person', child.id, '<status>Normal', `<status>${status}`),
  );
}

/** Somebody with the same guardians begins in the same school. */
function withNewcomer(
  casting: Casting,
  different: Parameters<Casting['newcomer']>[1],
  isInClass = false,
) {
  const pupil = casting.pupil();
  const other = casting.newcomer(pupil.child, different);
  const begin = (night: RegisterNight) => {
    casting.arrive(night, other);
    casting.enrol(night, other.id, pupil.unit);
    if (isInClass) casting.joinGroup(night, other.id, pupil.home);
  };
  const who = { pupil: pupil.child.id, other: other.id, guardian: pupil.guardians[0].id };
  return { who, scenes: [AS_IT_IS, begin] as const };
}
