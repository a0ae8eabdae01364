import type { BatchFile } from './batch-file.ts';
import type { City } from './city.ts';
import { sourcedId } from './ims-xml.ts';
import { csvRow } from './write-csv.ts';

/** A fault that was planted on purpose, and where. */
export interface PlantedFault {
  readonly file: string;
  readonly line: number;
  readonly what: string;
  /** The failure code that it must give. */
  readonly code: string;
}

/** Bad persons and a bad group, as the first elements of the XML file. */
export async function plantXmlFaults(
  file: BatchFile,
  city: City,
): Promise<readonly PlantedFault[]> {
  const { chance } = city;
  const person = (name: string, inner: string) =>
    `<person>${sourcedId(chance.uuid('fault', name))}${inner}</person>\n`;
  const names = '<name><fn>F</fn><n><family>Fel</family><given>Fia</given></n></name>';
  const planted = [
    {
      what: 'a person without a family name',
      code: 'VALUE_MISSING',
      xml: person('name', '<name><fn>Kim</fn><n><given>Kim</given></n></name>'),
    },
    {
      what: 'a birth date that no calendar has',
      code: 'VALUE_NOT_ALLOWED',
      xml: person('date', `${names}<demographics><bday>2015-02-30</bday></demographics>`),
    },
    {
      what: 'a mark of protection that nobody knows',
      code: 'CODE_UNMAPPED',
      xml: person('privacy', `${names}<extension><privacy level="9"/></extension>`),
    },
  ];
  const faults: PlantedFault[] = [];
  for (const { what, code, xml } of planted) {
    faults.push({ file: file.name, line: file.line, what, code });
    file.records += 1;
    await file.write(xml);
  }
  return faults;
}

/** A duty with a role that SS 12000 does not have, and an activity that names a missing duty. */
export async function plantDutyFault(file: BatchFile, city: City): Promise<PlantedFault> {
  const { chance, units } = city;
  const fault = {
    file: file.name,
    line: file.line,
    what: 'a role that SS 12000 does not have',
    code: 'CODE_UNMAPPED',
  };
  const person = chance.uuid('staff', 0, 0);
  const id = chance.uuid('fault', 'duty');
  const unit = units[0]?.id ?? '';
  file.records += 1;
  await file.write(csvRow([id, person, unit, 'Trollkarl', '', 100, city.date, '', '']));
  return fault;
}
