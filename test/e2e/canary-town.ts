import type { SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';

/** Words of which each belongs to one person, in every field that can hold one. */
export const CANARIES = ['Qxpupil', 'Qxguardian', 'Qxteacher', 'Qxbroken'] as const;
/** A pupil whose protection is switched on in the second night. */
export const LATER_CANARY = 'Qxlater';
/** A pupil who may be seen: proves that the search would find one. */
export const OPEN_PUPIL = 'Kimopen';

const NAMES = [...CANARIES, LATER_CANARY, OPEN_PUPIL];

/** One school with one class, where protected persons stand in every place that a person can. */
export function canaryTown(name: string, night: 1 | 2): SimulatedBatch {
  const isProtected = (person: string) =>
    CANARIES.some((canary) => canary === person) || (person === LATER_CANARY && night === 2);
  const person = (word: string, inner = '') =>
    `<person><sourcedid><id>${word}-id</id></sourcedid>
<userid useridtype="PID">20130412TF8${NAMES.indexOf(word)}</userid>
<name><n><family>${word}family</family>${word === 'Qxbroken' ? '' : `<given>${word}given</given>`}</n></name>
<demographics><gender>Female</gender><bday>2013-04-12</bday></demographics>
<email>${word}@private.example</email><tel teltype="Mobile">${word}phone</tel>
<adr><street>${word}street</street><locality>${word}town</locality><pcode>11122</pcode></adr>
<extension>${isProtected(word) ? '<privacy level="3"/>' : ''}<alias><family>${word}alias</family><given>${word}alias</given></alias>
${inner}</extension></person>`;
  const guardian =
    '<contactperson relation="Guardian" custody="sole"><sourcedid><id>Qxguardian-id</id></sourcedid></contactperson>';
  const group = (id: string, type: string, inner: string) =>
    `<group><sourcedid><id>${id}</id></sourcedid><grouptype><typevalue>${type}</typevalue></grouptype>
<description><short>${id}</short></description><timeframe><begin>2026-08-18</begin></timeframe>${inner}</group>`;
  const pupils = ['Qxpupil', 'Qxbroken', LATER_CANARY, OPEN_PUPIL];
  const members = (group: string, inner: string) =>
    `<membership><sourcedid><id>${group}</id></sourcedid><complete>true</complete>${pupils
      .map(
        (pupil) => `<member><sourcedid><id>${pupil}-id</id></sourcedid><role roletype="Student">
<timeframe><begin>2026-08-18</begin></timeframe>${inner}</role></member>`,
      )
      .join('\n')}</membership>`;
  const inSchool =
    '<relationship relation="1"><sourcedid><id>school</id></sourcedid><label>Parent</label></relationship>';
  return {
    name,
    datetime: `2026-09-0${night}T02:00:00+02:00`,
    elements: [
      person('Qxpupil', guardian),
      person('Qxguardian'),
      person('Qxteacher'),
      person('Qxbroken'),
      person(LATER_CANARY),
      person(OPEN_PUPIL, guardian),
      group('school', 'Unit', '<extension><schooltype>GR</schooltype></extension>'),
      group('class', 'Class', `${inSchool}<extension><schooltype>GR</schooltype></extension>`),
      members('school', '<extension><placement schooltype="GR" schoolyear="7"/></extension>'),
      members('class', ''),
    ],
    rows: {
      konto: NAMES.map((word) => `${word}-id;${word}@skola.example;${word}@skola.example;Elev`),
      anstallning: ['duty;Qxteacher-id;school;Lärare;Qxteacher;100;2020-01-01;;class'],
      aktivitet: ['activity;Qx-less name;school;class;duty;;2026-08-18;'],
    },
  };
}
