import type { SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';

/** One night of a small town, as a test says it; ids are short words. */
export interface Town {
  readonly persons: Readonly<Record<string, TownPerson>>;
  /** School units; more of them in `unitDetails`. */
  readonly units?: readonly string[];
  readonly unitDetails?: Readonly<Record<string, TownUnit>>;
  readonly placements?: readonly TownPlacement[];
  readonly enrolments?: readonly TownEnrolment[];
  readonly classes?: Readonly<Record<string, TownClass>>;
  readonly duties?: readonly TownDuty[];
  /** Class -> duty. */
  readonly activities?: readonly { readonly group: string; readonly duty: string }[];
}

export interface TownPerson {
  readonly given?: string;
  readonly family?: string;
  readonly number?: string;
  readonly formerNumbers?: Readonly<Record<string, string>>;
  readonly born?: string;
  /** Guardian -> attributes such as `custody="sole" end="2026-09-01"`. */
  readonly guardians?: Readonly<Record<string, string>>;
  readonly status?: 'Normal' | 'Deceased' | 'Emigrated';
  readonly privacy?: number;
  /** What the register's account file says; the portal may say something else. */
  readonly schoolEmail?: string;
  /** Mother tongue, in the three letters of ISO 639. */
  readonly language?: string;
  /** Street where the person lives. */
  readonly street?: string;
  /** Private e-mail, of a guardian. */
  readonly email?: string;
  /** Persons whom the register has found to be this one. */
  readonly twins?: readonly string[];
  /** Without it the person has an account of that id. */
  readonly account?: string | null;
}

export interface TownUnit {
  readonly name?: string;
  readonly code?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly forms?: readonly string[];
  readonly governedBy?: 'Municipal' | 'Independent';
}

export interface TownPlacement {
  readonly id: string;
  readonly person: string;
  readonly unit?: string;
  readonly form: 'PC' | 'F';
  readonly owners: readonly string[];
  readonly begin?: string;
  readonly end?: string;
}

export interface TownEnrolment {
  readonly person: string;
  readonly unit?: string;
  readonly form?: string;
  readonly year?: number | null;
  readonly begin?: string;
  readonly end?: string;
  readonly cancelled?: boolean;
}

export interface TownClass {
  readonly name?: string;
  readonly unit?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly type?: 'Class' | 'EducationGroup';
  /** School years of a mixed class: `1-3`. */
  readonly span?: string;
  /** Person -> first and last day in the class. */
  readonly members: Readonly<Record<string, readonly [begin: string, end?: string]>>;
}

export interface TownDuty {
  readonly id: string;
  readonly person: string;
  readonly unit?: string;
  readonly begin?: string;
  readonly end?: string;
}

const BEGIN = '2026-08-18';

/** A class of these pupils. */
export function classOf(persons: Town['persons']): Town {
  const names = Object.keys(persons);
  return {
    persons,
    enrolments: names.map((person) => ({ person })),
    classes: { '7a': { members: Object.fromEntries(names.map((name) => [name, [BEGIN]])) } },
  };
}

/** The town as the register's batch of that day. */
export function batchOf(day: string, town: Town): SimulatedBatch {
  const units = town.units ?? ['school'];
  const memberships = units.map((unit) => {
    const own = (town.enrolments ?? []).filter((one) => (one.unit ?? 'school') === unit);
    const placed = (town.placements ?? []).filter((one) => (one.unit ?? 'school') === unit);
    return membership(unit, [...own.map(enrolled), ...placed.map(placementXml)]);
  });
  const classes = Object.entries(town.classes ?? {});
  return {
    name: `ber-${day.replaceAll('-', '')}`,
    datetime: `${day}T02:00:00+02:00`,
    elements: [
      ...Object.entries(town.persons).map(([id, person]) => personXml(id, person)),
      ...units.map((unit) => unitXml(unit, town.unitDetails?.[unit] ?? {})),
      ...classes.map(([id, one]) => classXml(id, one)),
      ...memberships,
      ...classes.map(([id, { members }]) =>
        membership(
          id,
          Object.entries(members).map(([person, [begin, end]]) => member(person, begin, end, '')),
        ),
      ),
    ],
    rows: {
      konto: Object.entries(town.persons).flatMap(([id, { account = id, schoolEmail = '' }]) =>
        account === null ? [] : [`${id};${account}@skola.example;${schoolEmail};Elev`],
      ),
      anstallning: (town.duties ?? []).map(({ id, person, unit = 'school', begin, end }) =>
        [id, person, unit, 'Lärare', '', '100', begin ?? '2020-01-01', end ?? '', ''].join(';'),
      ),
      aktivitet: (town.activities ?? []).map(({ group, duty }) =>
        [`${group}-${duty}`, group, 'school', group, duty, '', BEGIN, ''].join(';'),
      ),
    },
  };
}

const TOWN_OF_ALL = '<locality>STOCKHOLM</locality><pcode>11122</pcode>';

function personXml(id: string, person: TownPerson): string {
  const { given = 'Kim', family = 'Ek', number, born, status, privacy, email, twins } = person;
  const { street, language } = person;
  const guardians = Object.entries(person.guardians ?? {}).map(
    ([guardian, attributes]) =>
      `<contactperson relation="Guardian" ${attributes}><sourcedid><id>${guardian}</id></sourcedid></contactperson>`,
  );
  const former = Object.entries(person.formerNumbers ?? {}).map(
    ([value, until]) => `<formerid useridtype="PID" until="${until}">${value}</formerid>`,
  );
  return [
    `<person recstatus="${twins === undefined ? 1 : 4}"><sourcedid><id>${id}</id></sourcedid>`,
    number === undefined ? '' : `<userid useridtype="PID">${number}</userid>`,
    `<name><n><family>${family}</family><given>${given}</given></n></name>`,
    born === undefined ? '' : `<demographics><bday>${born}</bday></demographics>`,
    email === undefined ? '' : `<email>${email}</email>`,
    street === undefined ? '' : `<adr><street>${street}</street>${TOWN_OF_ALL}</adr>`,
    `<extension><status>${status ?? 'Normal'}</status>`,
    privacy === undefined ? '' : `<privacy level="${privacy}"/>`,
    language === undefined ? '' : `<nativelanguage>${language}</nativelanguage>`,
    ...former,
    ...guardians,
    ...(twins ?? []).map((twin) => `<mergeduser>${twin}</mergeduser>`),
    '</extension></person>',
  ].join('\n');
}

function unitXml(id: string, unit: TownUnit): string {
  const forms = (unit.forms ?? ['GR']).map((form) => `<schooltype>${form}</schooltype>`);
  const code = unit.code === undefined ? '' : `<schoolunitcode>${unit.code}</schoolunitcode>`;
  const governed = `<governedby>${unit.governedBy ?? 'Municipal'}</governedby>`;
  return groupXml(id, 'Unit', unit.name ?? id, unit, '', [...forms, code, governed].join(''));
}

function classXml(id: string, one: TownClass): string {
  const span = one.span === undefined ? '' : `<schoolyear>${one.span}</schoolyear>`;
  const inner = `<schooltype>GR</schooltype>${span}`;
  return groupXml(id, one.type ?? 'Class', one.name ?? id, one, one.unit ?? 'school', inner);
}

function placementXml({ id, person, form, owners, begin, end }: TownPlacement): string {
  const named = owners.map((owner) => `<owner>${owner}</owner>`).join('');
  const placement = `<placement id="${id}" schooltype="${form}">${named}</placement>`;
  return member(person, begin ?? BEGIN, end, `<extension>${placement}</extension>`, 'Child');
}

function groupXml(
  id: string,
  type: string,
  name: string,
  { begin = BEGIN, end }: { readonly begin?: string; readonly end?: string },
  parent: string,
  inner: string,
): string {
  const up =
    parent === ''
      ? ''
      : `<relationship relation="1"><sourcedid><id>${parent}</id></sourcedid><label>Parent</label></relationship>`;
  return `<group><sourcedid><id>${id}</id></sourcedid><grouptype><typevalue>${type}</typevalue></grouptype>
<description><short>${name}</short></description>${timeframe(begin, end)}${up}
<extension>${inner}</extension></group>`;
}

function membership(group: string, members: readonly string[]): string {
  return `<membership><sourcedid><id>${group}</id></sourcedid><complete>true</complete>
${members.join('\n')}</membership>`;
}

function enrolled({ person, form = 'GR', year = 7, begin, end, cancelled }: TownEnrolment): string {
  const mark = cancelled === true ? ' cancelled="true"' : '';
  const of = year === null ? '' : ` schoolyear="${year}"`;
  const placement = `<placement schooltype="${form}"${of}${mark}/>`;
  return member(person, begin ?? BEGIN, end, `<extension>${placement}</extension>`);
}

function member(
  person: string,
  begin: string,
  end: string | undefined,
  inner: string,
  role = 'Student',
): string {
  return `<member><sourcedid><id>${person}</id></sourcedid><role roletype="${role}">
${timeframe(begin, end)}${inner}</role></member>`;
}

function timeframe(begin: string, end: string | undefined): string {
  const last = end === undefined ? '' : `<end>${end}</end>`;
  return `<timeframe><begin>${begin}</begin>${last}</timeframe>`;
}
