import type { City, Unit } from './city.ts';
import { LANGUAGES, SUBJECTS } from './names.ts';
import type { Child } from './people.ts';
import { staffSize } from './staff.ts';

export interface Group {
  readonly id: string;
  readonly type: 'Class' | 'EducationGroup' | 'Department';
  readonly name: string;
  readonly schoolType: string;
  readonly year: string | null;
}

export interface Activity {
  readonly id: string;
  readonly name: string;
  readonly groupId: string;
  /** Places of the teachers in the unit's staff. */
  readonly teachers: readonly number[];
  readonly syllabusId: string | null;
}

const PER_CLASS = 24;
const PER_DEPARTMENT = 18;
/** Subjects that are taught in groups of their own beside the class. */
const GROUPED_SUBJECTS = 2;
/** Every so many compulsory units share one that teaches mother tongues. */
export const UNITS_PER_LANGUAGE_HOST = 8;

const SCHOOL_TYPES = { preschool: 'PC', compulsory: 'GR', secondary: 'GY', adult: 'SF' } as const;

export function schoolTypeOf(unit: Unit, child: Child): string {
  if (unit.form === 'compulsory' && child.year === 0) return 'FK';
  return unit.form === 'compulsory' && child.index % 211 === 5 ? 'GRS' : SCHOOL_TYPES[unit.form];
}

/** How many classes each year of a unit has, or how many departments or courses the unit. */
function parallelClasses({ form, size }: Unit): number {
  if (form === 'compulsory') return Math.max(1, Math.round(size / 10 / PER_CLASS));
  if (form === 'secondary') return Math.max(1, Math.round(size / 3 / PER_CLASS));
  return Math.max(1, Math.round(size / (form === 'preschool' ? PER_DEPARTMENT : PER_CLASS)));
}

/** A small unit has one mixed class for three years. */
function isMixed({ form, size }: Unit): boolean {
  return form === 'compulsory' && size < 100;
}

/** Name of the class, department or course that a child belongs to: unique in the unit. */
export function homeGroupKey(unit: Unit, { year, number }: Child): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const parallel = parallelClasses(unit);
  if (unit.form === 'preschool' || unit.form === 'adult') return String(number % parallel);
  const letter = letters[Math.floor(number / 10) % parallel] ?? 'A';
  if (!isMixed(unit)) return `${year}${letter}`;
  const from = (year ?? 0) === 0 ? 0 : Math.floor(((year ?? 1) - 1) / 3) * 3 + 1;
  return from === 0 ? 'F' : `${from}-${from + 2}`;
}

/** Every class, department or course of a unit, by key. */
export function homeGroups(unit: Unit, city: City): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const years = unit.form === 'compulsory' ? 10 : unit.form === 'secondary' ? 3 : 1;
  for (let place = 0; place < years * parallelClasses(unit) * 10; place++) {
    const year = unit.form === 'compulsory' ? place % 10 : 1 + (place % 3);
    // SAFETY: only the fields that keys are made of are read.
    const example = { year, number: place } as Child;
    const key = homeGroupKey(unit, example);
    if (groups.has(key)) continue;
    groups.set(key, homeGroup(unit, city, key, year));
  }
  return groups;
}

const DEPARTMENTS = [
  'Fjärilen',
  'Humlan',
  'Myran',
  'Grodan',
  'Igelkotten',
  'Räven',
  'Ugglan',
  'Älgen',
];

function homeGroup(unit: Unit, { chance }: City, key: string, year: number): Group {
  const id = chance.uuid('class', unit.index, key);
  if (unit.form === 'preschool') {
    const name = DEPARTMENTS[Number(key) % DEPARTMENTS.length] ?? key;
    return { id, type: 'Department', name: `${name} ${key}`, schoolType: 'PC', year: null };
  }
  if (unit.form === 'adult') {
    const name = `SFI kurs ${'ABCD'[Number(key) % 4]} grupp ${key}`;
    return { id, type: 'EducationGroup', name, schoolType: 'SF', year: null };
  }
  const schoolType = unit.form === 'secondary' ? 'GY' : year === 0 ? 'FK' : 'GR';
  const span = /^\d+-\d+$/.test(key) ? key : String(year);
  return { id, type: 'Class', name: key.replace(/^0/, 'F'), schoolType, year: span };
}

/** Teaching groups of a class: the first subjects have groups of their own. */
export function teachingGroups(
  unit: Unit,
  { chance }: City,
  key: string,
  home: Group,
): readonly Group[] {
  if (home.type !== 'Class') return [];
  return SUBJECTS.slice(0, GROUPED_SUBJECTS).map(([code, subject]) => ({
    id: chance.uuid('teaching', unit.index, key, code),
    type: 'EducationGroup',
    name: `${subject} ${home.name}`,
    schoolType: home.schoolType,
    year: home.year,
  }));
}

export function isLanguageHost({ form, index }: Unit): boolean {
  return form === 'compulsory' && index % UNITS_PER_LANGUAGE_HOST === 0;
}

/** Mother-tongue groups of a host unit, by language; their members come from other schools. */
export function languageGroups(unit: Unit, { chance }: City): ReadonlyMap<string, Group> {
  if (!isLanguageHost(unit)) return new Map();
  return new Map(
    LANGUAGES.map(([code, name]) => [
      code,
      {
        id: chance.uuid('language', unit.index, code),
        type: 'EducationGroup',
        name: `Modersmål ${name.toLowerCase()}`,
        schoolType: 'GR',
        year: null,
      },
    ]),
  );
}

/** What is taught in a class: its teaching groups first, then the class as a whole. */
export function activitiesOf(
  unit: Unit,
  city: City,
  key: string,
  home: Group,
): readonly Activity[] {
  const { chance } = city;
  if (home.type === 'Department') return [];
  const own = teachingGroups(unit, city, key, home);
  const subjects = home.type === 'Class' ? SUBJECTS : SUBJECTS.slice(1, 2);
  return subjects.map(([code, subject], index) => ({
    id: chance.uuid('activity', unit.index, key, code),
    name: `${subject} ${home.name}`,
    groupId: own[index]?.id ?? home.id,
    teachers: [
      1 + chance.below(Math.max(1, staffSize(unit) - 1), 'teacher', unit.index, key, code),
    ],
    syllabusId: chance.uuid('syllabus', home.schoolType === 'GY' ? 'GY' : 'GR', code),
  }));
}

/** The employee who is mentor of a class. */
export function mentorOf(unit: Unit, { chance }: City, key: string): number {
  return 1 + chance.below(Math.max(1, staffSize(unit) - 1), 'mentor', unit.index, key);
}
