import { child, children, type Json, type JsonObject, type XmlElement } from '../../core/plugin.ts';
import {
  deletionOf,
  faultOf,
  IS_MISSING,
  idOf,
  onOneLine,
  RECSTATUS_RULE,
  type ReadElement,
  textAt,
  withoutAbsent,
} from './ims-element.ts';

/** A mark without level: the strictest is meant, since the milder one would show too much. */
const STRICTEST_LEVEL = '3';

/** A `<person>`. */
export function readPerson(element: XmlElement, file: string): ReadElement {
  const id = idOf(element);
  const isDeletion = deletionOf(element);
  const value = withoutAbsent({ id, ...fieldsOf(element) });
  if (id === '' || isDeletion === null) {
    const [field, rule] = id === '' ? ['sourcedid', IS_MISSING] : ['recstatus', RECSTATUS_RULE];
    const fault = faultOf('person', { element, file }, field, rule, id);
    return { records: [], faults: [id === '' ? fault : { ...fault, value }] };
  }
  const record = { stream: 'person', isDeletion, value, line: element.line };
  return { records: [record], faults: [] };
}

function fieldsOf(element: XmlElement): Record<string, Json | undefined> {
  const extension = child(element, 'extension') ?? element;
  const civicNo = presentNumber(element);
  return {
    civicNo,
    numbers: [...(civicNo === '' ? [] : [{ value: civicNo }]), ...formerNumbers(extension)],
    familyName: textAt(element, 'name', 'n', 'family'),
    givenName: textAt(element, 'name', 'n', 'given'),
    gender: textAt(element, 'demographics', 'gender'),
    birthDate: textAt(element, 'demographics', 'bday'),
    email: textAt(element, 'email'),
    phones: children(element, 'tel').map(phoneOf),
    address: addressOf(child(element, 'adr')),
    role: child(element, 'institutionrole')?.attributes['institutionroletype'],
    status: textAt(extension, 'status'),
    privacy: privacyOf(children(extension, 'privacy')),
    alias: aliasOf(child(extension, 'alias')),
    municipalityCode: textAt(extension, 'municipalitycode'),
    nativeLanguage: textAt(extension, 'nativelanguage'),
    contacts: children(extension, 'contactperson').map(contactOf),
    mergedUsers: children(extension, 'mergeduser').map(({ text }) => onOneLine(text)),
  };
}

function presentNumber(element: XmlElement): string {
  const userids = children(element, 'userid');
  return onOneLine(userids.find((one) => one.attributes['useridtype'] === 'PID')?.text ?? '');
}

function formerNumbers(extension: XmlElement): readonly JsonObject[] {
  return children(extension, 'formerid')
    .filter(({ attributes }) => (attributes['useridtype'] ?? 'PID') === 'PID')
    .map(({ text, attributes }) =>
      withoutAbsent({ value: onOneLine(text), until: attributes['until'] }),
    )
    .filter(({ value }) => value !== undefined);
}

function phoneOf({ text, attributes }: XmlElement): JsonObject {
  return withoutAbsent({ type: attributes['teltype'], value: onOneLine(text) });
}

function addressOf(adr: XmlElement | undefined): JsonObject | undefined {
  if (adr === undefined) return undefined;
  return withoutAbsent({
    street: textAt(adr, 'street'),
    locality: textAt(adr, 'locality'),
    postalCode: textAt(adr, 'pcode'),
  });
}

/** Of several marks each counts: 1 and 2 are 3. One that nobody knows is told. */
function privacyOf(marks: readonly XmlElement[]): string | undefined {
  const levels = marks.map(({ attributes }) => attributes['level']?.trim() || STRICTEST_LEVEL);
  const [first, ...more] = levels;
  if (first === undefined || more.length === 0) return first;
  const odd = levels.find((one) => !/^[0-3]$/.test(one));
  return odd ?? String(levels.reduce((both, one) => both | Number(one), 0));
}

function aliasOf(alias: XmlElement | undefined): JsonObject | undefined {
  if (alias === undefined) return undefined;
  return withoutAbsent({
    familyName: textAt(alias, 'family'),
    givenName: textAt(alias, 'given'),
  });
}

function contactOf(contact: XmlElement): JsonObject {
  const { relation, custody, begin, end } = contact.attributes;
  return withoutAbsent({ person: idOf(contact), relation, custody, begin, end });
}
