import type { Json, JsonObject, XmlDraft } from '../../core/plugin.ts';

/**
 * Objects of the connector as the elements of IMS-ES; see schemas/ for their shapes. Prefixes: `m`
 * the service's messages, `d` its data, `c` what the services share. The order of elements is the
 * WSDL's: WCF reads over what stands elsewhere.
 */
export function sourcedId(name: string, id: string): XmlDraft {
  return { name, children: [identifier(id)] };
}

export function identifier(id: string): XmlDraft {
  return { name: 'c:identifier', text: id };
}

export function personDraft(person: JsonObject): XmlDraft {
  const role = textOf(person['role']);
  return {
    name: 'm:person',
    children: [
      { name: 'd:formatName', attributes: { 'xsi:nil': 'true' } },
      {
        name: 'd:name',
        children: [
          partName('First', textOf(person['givenName'])),
          partName('Last', textOf(person['familyName'])),
        ],
      },
      ...optional(person['email'], (text) => ({ name: 'c:email', text })),
      ...optional(person['userName'], (text) => ({
        name: 'd:userId',
        children: [{ name: 'c:userIdValue', text }],
      })),
      ...demographics(person),
      // An empty role resets the profile, so it is always said.
      {
        name: 'd:institutionRole',
        children: [
          { name: 'd:institutionRoleType', text: role },
          { name: 'd:primaryRoleType', text: 'true' },
        ],
      },
      ...extension(person['children']),
    ],
  };
}

/**
 * The vendor's schema wants a gender in it, before all else; Gender is the one that says nothing. An
 * empty bday makes the server answer 500: without a birth date the element is left out.
 */
function demographics({ gender, birthDate }: JsonObject): readonly XmlDraft[] {
  const born = optional(birthDate, (text) => ({ name: 'd:bday', text }));
  const told = textOf(gender);
  if (told === '' && born.length === 0) return [];
  const first = { name: 'd:gender', text: told === '' ? 'Gender' : told };
  return [{ name: 'd:demographics', children: [first, ...born] }];
}

function partName(type: string, value: string): XmlDraft {
  return {
    name: 'd:partName',
    children: [
      { name: 'd:namePartType', text: type },
      { name: 'd:namePartValue', text: value },
    ],
  };
}

/** Guardianship is written on the guardian, as the whole list of children. */
function extension(children: Json | undefined): readonly XmlDraft[] {
  if (!Array.isArray(children) || children.length === 0) return [];
  const relationships = [...new Set(children)].map((child: Json) => ({
    name: 'c:relationship',
    children: [{ name: 'c:relation', text: 'Child' }, sourcedId('c:sourceId', textOf(child))],
  }));
  return [{ name: 'd:extension', children: relationships }];
}

/** The parent relationship is sent every time, even if it is unchanged. */
export function groupDraft(objectKind: string, group: JsonObject): XmlDraft {
  const type = objectKind === 'course' ? 'Course' : textOf(group['type']);
  const level = type === 'School' ? '1' : type === 'Unspecified' ? '-1' : '2';
  return {
    name: 'm:group',
    children: [
      {
        name: 'd:groupType',
        children: [
          { name: 'd:scheme', text: 'ItslearningOrganisationTypes' },
          {
            name: 'd:typeValue',
            children: [
              { name: 'd:type', text: type },
              { name: 'd:level', text: level },
            ],
          },
        ],
      },
      ...optional(group['parent'], (text) => ({
        name: 'd:relationship',
        children: [{ name: 'd:relation', text: 'Parent' }, sourcedId('d:sourceId', text)],
      })),
      { name: 'd:description', children: [{ name: 'd:descShort', text: textOf(group['title']) }] },
      ...(objectKind === 'course' ? [courseExtension(group)] : []),
    ],
  };
}

/** The field `course` makes a node a course; its code is a field of its own. */
function courseExtension(course: JsonObject): XmlDraft {
  return {
    name: 'd:extension',
    children: [
      extensionField('course', textOf(course['title'])),
      ...optional(course['code'], (text) => extensionField('course/code', text)),
    ],
  };
}

function extensionField(name: string, value: string): XmlDraft {
  return {
    name: 'c:extensionField',
    children: [
      { name: 'c:fieldName', text: name },
      { name: 'c:fieldType', text: 'String' },
      { name: 'c:fieldValue', text: value },
    ],
  };
}

export function membershipDraft(membership: JsonObject): XmlDraft {
  return {
    name: 'm:membership',
    children: [
      sourcedId('d:groupSourcedId', textOf(membership['course'])),
      {
        name: 'd:member',
        children: [
          sourcedId('d:memberSourcedId', textOf(membership['person'])),
          { name: 'd:role', children: [{ name: 'd:roleType', text: textOf(membership['role']) }] },
        ],
      },
    ],
  };
}

function optional(value: Json | undefined, draft: (text: string) => XmlDraft): readonly XmlDraft[] {
  return value === undefined || value === null || value === '' ? [] : [draft(textOf(value))];
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}
