import { child, children, childText, parseXml, type XmlElement } from '../../core/plugin.ts';
import type { Note } from './import-report.ts';

export interface BuildingPerson {
  readonly fullName: string;
  readonly userName: string | null;
  readonly email: string | null;
}

export interface BuildingGroup {
  readonly title: string;
  readonly type: string;
  readonly parent: string;
}

/** What became of a document, as its report tells it. */
export interface Imported {
  readonly records: number;
  /** What is wrong with the document as a whole; null for nothing. */
  readonly refused: string | null;
  readonly notes: readonly Note[];
}

const SHORT_LENGTH = 60;

/** Throws what the report says of the element at hand. */
class Complaint extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** What a simulated Fronter holds, and how it takes documents in. */
export class FronterBuilding {
  /** Id of the top of the structure, which is the vendor's. */
  readonly root: string;
  readonly persons = new Map<string, BuildingPerson>();
  readonly groups = new Map<string, BuildingGroup>();
  /** `<group> <person>` -> role type. */
  readonly memberships = new Map<string, string>();

  constructor(root = 'ROOT') {
    this.root = root;
  }

  /** Everything that it holds, as text. */
  dump(): string {
    const { persons, groups, memberships } = this;
    return JSON.stringify([[...persons], [...groups], [...memberships]]);
  }

  /** Takes up what `dump` gave. */
  restore(state: string): void {
    const [persons, groups, memberships] = JSON.parse(state);
    for (const [id, one] of persons) this.persons.set(id, one);
    for (const [id, one] of groups) this.groups.set(id, one);
    for (const [id, one] of memberships) this.memberships.set(id, one);
  }

  /** Takes a document in, element by element as they stand there. */
  take(document: string): Imported {
    const elements = elementsIn(document);
    if (typeof elements === 'string') return { records: 0, refused: elements, notes: [] };
    const notes = elements.flatMap((element): readonly Note[] => {
      try {
        this.#put(element);
        return [];
      } catch (complaint) {
        if (!(complaint instanceof Complaint)) throw complaint;
        const about = { element: element.name, id: idOf(element), code: complaint.code };
        return [{ severity: 'error', ...about, text: complaint.message }];
      }
    });
    return { records: elements.length, refused: null, notes };
  }

  #put(element: XmlElement): void {
    if (element.name === 'person') this.#putPerson(element, idOf(element));
    else if (element.name === 'group') this.#putGroup(element, idOf(element));
    else this.#putMembership(element);
  }

  #putPerson(element: XmlElement, id: string): void {
    const status = statusOf(element, this.persons.has(id));
    if (status === 'gone') {
      this.persons.delete(id);
      for (const key of this.memberships.keys())
        if (key.endsWith(` ${id}`)) this.memberships.delete(key);
      return;
    }
    const fullName = childText(element, 'name', 'fn') ?? '';
    const family = childText(element, 'name', 'n', 'family') ?? '';
    if (fullName === '' || family === '') {
      throw new Complaint('NAME', `${fullName} (${id}): the family name is missing`);
    }
    const said = (name: string) => childText(element, name) || null;
    const userName = said('userid');
    const isTaken = ([other, one]: readonly [string, BuildingPerson]) =>
      other !== id && userName !== null && one.userName === userName;
    if ([...this.persons].some(isTaken)) {
      throw new Complaint('USERID', `${userName} is taken by another`);
    }
    this.persons.set(id, { fullName, userName, email: said('email') });
  }

  #putGroup(element: XmlElement, id: string): void {
    const status = statusOf(element, this.groups.has(id));
    if (status === 'gone') {
      this.#deleteGroup(id);
      return;
    }
    const short = childText(element, 'description', 'short') ?? '';
    const title = short === '' ? (childText(element, 'description', 'long') ?? '') : short;
    const parent = childText(child(element, 'relationship') ?? element, 'sourcedid', 'id') ?? '';
    if (title === '') throw new Complaint('TITLE', 'the title is missing');
    if (short.length > SHORT_LENGTH) throw new Complaint('TITLE', `${short}: short has at most 60`);
    if (childText(element, 'grouptype', 'scheme') !== 'FronterStructure1.0') {
      throw new Complaint('SCHEME', 'the scheme is not FronterStructure1.0');
    }
    if (parent !== this.root && !this.#isKnown(this.groups, parent)) {
      throw new Complaint('UNKNOWN_PARENT', `${parent} is not known`);
    }
    this.groups.set(id, {
      title,
      parent,
      type: childText(element, 'grouptype', 'typevalue') ?? '',
    });
  }

  #deleteGroup(id: string): void {
    if ([...this.groups.values()].some(({ parent }) => parent === id)) {
      throw new Complaint('NOT_EMPTY', 'there are groups below it');
    }
    this.groups.delete(id);
    for (const key of this.memberships.keys())
      if (key.startsWith(`${id} `)) this.memberships.delete(key);
  }

  #putMembership(element: XmlElement): void {
    const [group = '', person = ''] = idOf(element).split(' ');
    const role = child(child(element, 'member') ?? element, 'role') ?? element;
    const key = `${group} ${person}`;
    const status = statusOf(role, this.memberships.has(key));
    if (status === 'gone') {
      this.memberships.delete(key);
      return;
    }
    if (!this.#isKnown(this.groups, group))
      throw new Complaint('UNKNOWN_GROUP', `${group} is not known`);
    if (!this.#isKnown(this.persons, person)) {
      throw new Complaint('UNKNOWN_PERSON', `${person} is not known`);
    }
    const roleType = role.attributes['roletype'] ?? '';
    if (!/^0[1-8]$/.test(roleType))
      throw new Complaint('ROLETYPE', 'the role type is none of 01 to 08');
    this.memberships.set(key, roleType);
  }

  /** Ids with capital letters are not matched. */
  #isKnown(held: ReadonlyMap<string, unknown>, id: string): boolean {
    return id === id.toLowerCase() && held.has(id);
  }
}

/** Its records in the order that IMS Enterprise asks for, or what is wrong with the document. */
function elementsIn(document: string): readonly XmlElement[] | string {
  let root: XmlElement;
  try {
    root = parseXml(document, Number.POSITIVE_INFINITY);
  } catch {
    return 'the document is not well-formed';
  }
  const order = ['properties', 'person', 'group', 'membership'];
  const places = root.children.map(({ name }) => order.indexOf(name));
  if (root.name !== 'enterprise' || places.includes(-1)) return 'this is not IMS Enterprise';
  if (places.some((place, at) => place < (places[at - 1] ?? 0))) return 'the order is not IMS’ own';
  if (childText(root, 'properties', 'datasource') === undefined) return 'there are no properties';
  return root.children.slice(1);
}

/** 1 and none add or update; 2 updates what is known, 3 deletes it. */
function statusOf({ attributes }: XmlElement, isKnown: boolean): 'there' | 'gone' {
  const status = attributes['recstatus'] ?? '1';
  if (!['1', '2', '3'].includes(status)) throw new Complaint('RECSTATUS', 'recstatus is none');
  if (status !== '1' && !isKnown) throw new Complaint('UNKNOWN', 'it is not known');
  return status === '3' ? 'gone' : 'there';
}

function idOf(element: XmlElement): string {
  const own = childText(element, 'sourcedid', 'id') ?? '';
  const members = children(element, 'member').map((one) => childText(one, 'sourcedid', 'id') ?? '');
  return [own, ...members].join(' ');
}
