import type { SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';

/** One night of a small town, as a test says it; ids are short words. */
export interface Town {
  readonly persons: Readonly<Record<string, TownPerson>>;
  readonly units?: readonly string[];
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
  /** Without it the person has an account of that id. */
  readonly account?: string | null;
}

export interface TownEnrolment {
  readonly person: string;
  readonly unit?: string;
  readonly form?: string;
  readonly year?: number;
  readonly begin?: string;
  readonly end?: string;
  readonly cancelled?: boolean;
}

export interface TownClass {
  readonly name?: string;
  readonly unit?: string;
  readonly begin?: string;
  readonly end?: string;
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

/** The town as the register's batch of that day. */
export function batchOf(day: string, town: Town): SimulatedBatch {
  const units = town.units ?? ['school'];
  const memberships = units.map((unit) => {
    const own = (town.enrolments ?? []).filter((one) => (one.unit ?? 'school') === unit);
    return membership(unit, own.map(enrolled));
  });
  const classes = Object.entries(town.classes ?? {});
  return {
    name: `ber-${day.replaceAll('-', '')}`,
    datetime: `${day}T02:00:00+02:00`,
    elements: [
      ...Object.entries(town.persons).map(([id, person]) => personXml(id, person)),
      ...units.map((unit) => groupXml(unit, 'Unit', unit, {}, '')),
      ...classes.map(([id, one]) =>
        groupXml(id, 'Class', one.name ?? id, one, one.unit ?? 'school'),
      ),
      ...memberships,
      ...classes.map(([id, { members }]) =>
        membership(
          id,
          Object.entries(members).map(([person, [begin, end]]) => member(person, begin, end, '')),
        ),
      ),
    ],
    rows: {
      konto: Object.entries(town.persons).flatMap(([id, { account = id }]) =>
        account === null ? [] : [`${id};${account}@skola.example;;Elev`],
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

function personXml(id: string, person: TownPerson): string {
  const { given = 'Kim', family = 'Ek', number, born, status, privacy } = person;
  const guardians = Object.entries(person.guardians ?? {}).map(
    ([guardian, attributes]) =>
      `<contactperson relation="Guardian" ${attributes}><sourcedid><id>${guardian}</id></sourcedid></contactperson>`,
  );
  const former = Object.entries(person.formerNumbers ?? {}).map(
    ([value, until]) => `<formerid useridtype="PID" until="${until}">${value}</formerid>`,
  );
  return [
    `<person><sourcedid><id>${id}</id></sourcedid>`,
    number === undefined ? '' : `<userid useridtype="PID">${number}</userid>`,
    `<name><n><family>${family}</family><given>${given}</given></n></name>`,
    born === undefined ? '' : `<demographics><bday>${born}</bday></demographics>`,
    `<extension><status>${status ?? 'Normal'}</status>`,
    privacy === undefined ? '' : `<privacy level="${privacy}"/>`,
    ...former,
    ...guardians,
    '</extension></person>',
  ].join('\n');
}

function groupXml(
  id: string,
  type: string,
  name: string,
  { begin = BEGIN, end }: { readonly begin?: string; readonly end?: string },
  parent: string,
): string {
  const up =
    parent === ''
      ? ''
      : `<relationship relation="1"><sourcedid><id>${parent}</id></sourcedid><label>Parent</label></relationship>`;
  return `<group><sourcedid><id>${id}</id></sourcedid><grouptype><typevalue>${type}</typevalue></grouptype>
<description><short>${name}</short></description>${timeframe(begin, end)}${up}
<extension><schooltype>GR</schooltype></extension></group>`;
}

function membership(group: string, members: readonly string[]): string {
  return `<membership><sourcedid><id>${group}</id></sourcedid><complete>true</complete>
${members.join('\n')}</membership>`;
}

function enrolled({ person, form = 'GR', year = 7, begin, end, cancelled }: TownEnrolment): string {
  const mark = cancelled === true ? ' cancelled="true"' : '';
  const placement = `<placement schooltype="${form}" schoolyear="${year}"${mark}/>`;
  return member(person, begin ?? BEGIN, end, `<extension>${placement}</extension>`);
}

function member(person: string, begin: string, end: string | undefined, inner: string): string {
  return `<member><sourcedid><id>${person}</id></sourcedid><role roletype="Student">
${timeframe(begin, end)}${inner}</role></member>`;
}

function timeframe(begin: string, end: string | undefined): string {
  const last = end === undefined ? '' : `<end>${end}</end>`;
  return `<timeframe><begin>${begin}</begin>${last}</timeframe>`;
}
