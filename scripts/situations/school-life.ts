import { memberXml } from '../generate/ims-xml.ts';
import { independentSchools } from '../generate/independent-schools.ts';
import { impossibleNumber, temporaryNumber } from '../generate/numbers.ts';
import type { Casting } from './casting.ts';
import { NOTHING, ofPupil } from './family-life.ts';
import type { RegisterNight } from './register-night.ts';
import { AS_IT_IS, type Shown, type Situation } from './situation.ts';

const OUT_OF_CLASS: Shown = {
  collaboration: 'no row in roles.csv and enrollments.csv; the user has a grace of 90 days',
  lms: 'no membership; the person has a grace of 90 days',
  identity: 'a member of no Group; the User has a grace of 90 days',
};

const ELSEWHERE: Shown = {
  collaboration: 'the same user, with a role at the other school',
  lms: 'the same person, in the classes of the other school',
  identity: 'the same User, in another Group',
};

/** What changes for pupils at school. */
export const SCHOOL_LIFE: readonly Situation[] = [
  {
    ...{ number: 2, name: 'preschool', what: 'from preschool to school in a week' },
    shown: {
      collaboration: 'one user more, with one role',
      lms: 'one person more, in the class',
      identity: 'one User more, in the Group',
    },
    stage: (casting) => {
      const { child, unit } = casting.pupil('preschool');
      const school = casting.pupil().unit;
      const home = casting.classOf(school);
      const begin = (night: RegisterNight) => {
        night.end(child.id, casting.day(-1));
        const name = `u${child.id.slice(0, 8)}@skola.example`;
        night.addRow('konto', [child.id, name, '', 'Elev']);
        casting.enrol(night, child.id, school, { begin: casting.day(0) });
        casting.joinGroup(night, child.id, home, casting.day(0));
      };
      const who = { child: child.id, preschool: unit.id, school: school.id };
      return { who, scenes: [AS_IT_IS, begin] };
    },
  },
  {
    ...{ number: 4, name: 'summer', what: 'the summer between two enrolments' },
    shown: {
      collaboration: 'the same user; a role and enrollments again',
      lms: 'the same person; memberships again',
      identity: 'the same User; in the Group again',
    },
    stage: (casting) => {
      const { child, unit, home } = casting.pupil();
      const leave = (night: RegisterNight) => night.end(child.id, casting.day(-30));
      const again = (night: RegisterNight) => {
        casting.enrol(night, child.id, unit, { begin: casting.day(0) });
        casting.renewGroup(night, child.id, home);
      };
      return { who: { pupil: child.id, school: unit.id }, scenes: [leave, again] };
    },
  },
  {
    ...{ number: 5, name: 'move', what: 'a move to another school of the city' },
    shown: ELSEWHERE,
    stage: (casting) => {
      const pupil = casting.pupil();
      const { child, unit } = pupil;
      const other = casting.otherUnit(pupil);
      const move = (night: RegisterNight) => {
        night.end(child.id, casting.day(-1));
        casting.enrol(night, child.id, other, { begin: casting.day(0) });
        casting.joinGroup(night, child.id, casting.classOf(other), casting.day(0));
      };
      const who = { pupil: child.id, from: unit.id, to: other.id };
      return { who, scenes: [AS_IT_IS, move] };
    },
  },
  {
    ...{ number: 6, name: 'leaver', what: 'a move to another municipality' },
    shown: OUT_OF_CLASS,
    stage: (casting) =>
      ofPupil(casting, ({ child }, night) => night.end(child.id, casting.day(-1))),
  },
  {
    ...{ number: 7, name: 'several', what: 'taught in a unit where the pupil is not enrolled' },
    shown: {
      collaboration: 'a row more in enrollments.csv, and no role at the other unit',
      lms: "a membership more, in the other unit's course",
      identity: 'a member of the other Group as well',
    },
    stage: (casting) => {
      const pupil = casting.pupil();
      const { child, unit } = pupil;
      const host = casting.otherUnit(pupil);
      const taught = casting.classOf(host);
      const join = (night: RegisterNight) => {
        casting.joinGroup(night, child.id, taught, casting.day(0));
        const id = casting.city.chance.uuid('host-place', child.id);
        const placement = `<placement id="${id}" schooltype="F"/>`;
        const about = { personId: child.id, begin: casting.day(0), end: null, placement };
        night.join(host.id, memberXml({ ...about, role: 'Child' }));
      };
      const who = { pupil: child.id, enrolled: unit.id, taught: taught.id };
      return { who, scenes: [AS_IT_IS, join] };
    },
  },
  {
    ...{ number: 24, name: 'cancelled', what: 'an enrolment is cancelled before it begins' },
    shown: NOTHING,
    stage: (casting) => {
      const { child: like, unit } = casting.pupil();
      const child = casting.newcomer(like);
      return {
        who: { pupil: child.id, school: unit.id },
        scenes: [
          (night) => {
            casting.arrive(night, child);
            casting.enrol(night, child.id, unit, { begin: casting.day(30) });
          },
          (night) =>
            night.member(unit.id, child.id, (line) =>
              line.replace('schoolyear="5"', 'schoolyear="5" cancelled="true"'),
            ),
        ],
      };
    },
  },
  {
    ...{ number: 25, name: 'repeat', what: 'a pupil repeats a school year' },
    shown: { ...NOTHING, collaboration: 'another grade in roles.csv' },
    stage: (casting) =>
      ofPupil(casting, ({ child, unit }, night) =>
        night.member(unit.id, child.id, (line) =>
          line.replace(/schoolyear="\d+"/, `schoolyear="${(child.year ?? 1) - 1}"`),
        ),
      ),
  },
  {
    ...{
      number: 26,
      name: 'integrated',
      what: 'a pupil of the adapted school in an ordinary class',
    },
    shown: { ...NOTHING, collaboration: 'the role anew; nothing tells the school form' },
    stage: (casting) =>
      ofPupil(casting, ({ child, unit }, night) =>
        night.member(unit.id, child.id, (line) =>
          line.replace('schooltype="GR"', 'schooltype="S"'),
        ),
      ),
  },
  {
    ...{ number: 27, name: 'newly-arrived', what: 'newly arrived: moved twice, then a number' },
    shown: {
      collaboration: 'nothing when the number comes: one user all along, with one role',
      lms: 'nothing when the number comes: one person all along',
      identity: 'nothing when the number comes: one User all along',
    },
    stage: (casting) => newlyArrived(casting),
  },
  {
    ...{ number: 28, name: 'independent', what: 'a move to an independent school' },
    shown: OUT_OF_CLASS,
    stage: (casting) => {
      const { child, unit } = casting.pupil();
      const [school] = independentSchools(casting.city);
      const move = (night: RegisterNight) => {
        night.end(child.id, casting.day(-1));
        if (school !== undefined) casting.enrol(night, child.id, school, { begin: casting.day(0) });
      };
      const who = { pupil: child.id, from: unit.id, to: school?.id ?? '' };
      return { who, scenes: [AS_IT_IS, move] };
    },
  },
  {
    ...{ number: 29, name: 'retroactive', what: 'it is told today that a pupil left a month ago' },
    shown: OUT_OF_CLASS,
    stage: (casting) =>
      ofPupil(casting, ({ child }, night) => night.end(child.id, casting.day(-30))),
  },
  {
    ...{ number: 30, name: 'future', what: 'an enrolment begins tomorrow', isNextDay: true },
    shown: {
      collaboration: 'from tomorrow a user and a role',
      lms: 'from tomorrow a person',
      identity: 'from tomorrow a User',
    },
    stage: (casting) => {
      const { child: like, unit } = casting.pupil();
      const child = casting.newcomer(like);
      const tell = (night: RegisterNight) => {
        casting.arrive(night, child);
        casting.enrol(night, child.id, unit, { begin: casting.day(1) });
      };
      return { who: { pupil: child.id, school: unit.id }, scenes: [tell] };
    },
  },
];

function newlyArrived(casting: Casting) {
  const pupil = casting.pupil();
  const { unit } = pupil;
  const other = casting.otherUnit(pupil);
  const civicNo = temporaryNumber(pupil.child.birthDate, pupil.child.index);
  const child = casting.newcomer(pupil.child, { civicNo, guardians: [] });
  const number = impossibleNumber(child.birthDate, child.index, true);
  const arrive = (night: RegisterNight) => {
    casting.arrive(night, child);
    casting.enrol(night, child.id, unit, { begin: casting.day(-20) });
  };
  const move = (night: RegisterNight) => {
    night.end(child.id, casting.day(-10));
    casting.enrol(night, child.id, other, { begin: casting.day(-9) });
    casting.joinGroup(night, child.id, casting.classOf(other), casting.day(-9));
  };
  const become = (night: RegisterNight) => {
    night.change('person', child.id, `"PID">${civicNo}<`, `"PID">${number}<`);
    const former = `<formerid useridtype="PID" until="${casting.day(0)}">${civicNo}</formerid>`;
    night.change('person', child.id, '</extension>', `${former}</extension>`);
  };
  const who = { pupil: child.id, first: unit.id, second: other.id };
  return { who, scenes: [arrive, move, become] as const };
}
