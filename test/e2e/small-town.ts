import type { SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';

/** One school with these pupils, each with an account, all in one class. */
export function smallTown(name: string, pupils: readonly number[]): SimulatedBatch {
  const date = name.replace(/^ber-(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  const person = (number: number) =>
    `<person><sourcedid><id>p${number}</id></sourcedid><name><n><family>Ek</family><given>Kim</given></n></name></person>`;
  const group = (id: string, type: string, inner: string) =>
    `<group><sourcedid><id>${id}</id></sourcedid><grouptype><typevalue>${type}</typevalue></grouptype>
<description><short>${id}</short></description><timeframe><begin>2026-08-18</begin></timeframe>${inner}</group>`;
  const parent =
    '<relationship relation="1"><sourcedid><id>school</id></sourcedid><label>Parent</label></relationship>';
  const member = (number: number, inner: string) =>
    `<member><sourcedid><id>p${number}</id></sourcedid><role roletype="Student">
<timeframe><begin>2026-08-18</begin></timeframe>${inner}</role></member>`;
  const members = (id: string, inner: string) =>
    `<membership><sourcedid><id>${id}</id></sourcedid><complete>true</complete>
${pupils.map((number) => member(number, inner)).join('\n')}</membership>`;
  return {
    name,
    datetime: `${date}T02:00:00+02:00`,
    elements: [
      ...pupils.map(person),
      group('school', 'Unit', '<extension><schooltype>GR</schooltype></extension>'),
      group('class', 'Class', `${parent}<extension><schooltype>GR</schooltype></extension>`),
      members('school', '<extension><placement schooltype="GR" schoolyear="7"/></extension>'),
      members('class', ''),
    ],
    rows: { konto: pupils.map((number) => `p${number};p${number}@skola.example;;Elev`) },
  };
}

export function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
