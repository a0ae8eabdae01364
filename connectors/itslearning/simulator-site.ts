import {
  findElement,
  findElements,
  type JsonObject,
  localName,
  type XmlElement,
} from '../../core/plugin.ts';

/** What the site says of one object. */
export interface Verdict {
  readonly codeMajor: 'success' | 'failure' | 'unsupported' | 'processing';
  readonly severity: 'status' | 'warning' | 'error';
  /** One, or several with blanks between them. */
  readonly codeMinor: string;
  readonly text: string;
  /** The message that it says it answers. */
  readonly about?: string;
}

export interface SitePerson {
  givenName: string;
  familyName: string;
  role: string;
  email: string | null;
  birthDate: string | null;
  children: string[];
  inTrash: boolean;
}

export interface SiteGroup {
  title: string;
  type: string;
  parent: string | null;
}

/** What a course is assessed by, and what its pupils have reached: rows of the service. */
export interface SiteGradebook {
  readonly items: readonly JsonObject[];
  readonly assessments: readonly JsonObject[];
}

export interface SiteMembership {
  group: string;
  person: string;
  role: string;
}

const DONE: Verdict = { codeMajor: 'success', severity: 'status', codeMinor: '', text: '' };
const NAME_LENGTH = 64;
const TITLE_LENGTH = 64;

function failure(codeMinor: string, text: string): Verdict {
  return { codeMajor: 'failure', severity: 'error', codeMinor, text };
}

/** What a simulated itslearning holds, and how it takes operations. */
export class ItslearningSite {
  readonly persons = new Map<string, SitePerson>();
  readonly groups = new Map<string, SiteGroup>();
  readonly memberships = new Map<string, SiteMembership>();
  /** By the sync keys of the courses; a course without one has none. */
  readonly gradebooks = new Map<string, SiteGradebook>();
  /** Courses that refuse to be read, whatever the reason. */
  readonly shut = new Set<string>();

  /** Everything that it holds, as text. */
  dump(): string {
    const { persons, groups, memberships, gradebooks } = this;
    return JSON.stringify({
      gradebooks: [...gradebooks],
      persons: [...persons],
      groups: [...groups],
      memberships: [...memberships],
    });
  }

  /** Takes up what `dump` gave. */
  restore(state: string): void {
    const { persons = [], groups = [], memberships = [], gradebooks = [] } = JSON.parse(state);
    for (const [id, one] of gradebooks) this.gradebooks.set(id, one);
    for (const [id, one] of persons) this.persons.set(id, one);
    for (const [id, one] of groups) this.groups.set(id, one);
    for (const [id, one] of memberships) this.memberships.set(id, one);
  }

  /** Performs an operation on each object of a request's body, in order. */
  perform(operation: string, body: XmlElement): readonly Verdict[] {
    const [, verb = '', noun = ''] =
      /^(create|update|replace|delete)(Person|Group|Membership)s?$/.exec(operation) ?? [];
    if (operation === 'changePersonIdentifier') return [this.#changeIdentifier(body)];
    if (verb === '') {
      const text = `${operation} is not supported`;
      return [{ codeMajor: 'unsupported', severity: 'error', codeMinor: '', text }];
    }
    if (verb === 'delete') {
      const ids = findElements(body, 'sourcedIdSet').flatMap((set) =>
        findElements(set, 'identifier'),
      );
      return ids.map((id) => this.#delete(noun, id.text.trim()));
    }
    return findElements(body, `${noun.toLowerCase()}IdPair`).map((written) => {
      const pair = asWcfReads(written);
      const id = idIn(findElement(pair, 'sourcedId'));
      if (noun === 'Person') return this.#putPerson(verb, id, pair);
      return noun === 'Group' ? this.#putGroup(id, pair) : this.#putMembership(id, pair);
    });
  }

  /**
   * Create of a known id updates it; update and replace of an unknown one insert it, and say so.
   */
  #putPerson(verb: string, id: string, pair: XmlElement): Verdict {
    const before = this.persons.get(id);
    const names = new Map(
      findElements(pair, 'partName').map((part) => [
        findElement(part, 'namePartType')?.text ?? '',
        findElement(part, 'namePartValue')?.text ?? '',
      ]),
    );
    const [givenName = '', familyName = ''] = [names.get('First'), names.get('Last')];
    if (givenName === '' || familyName === '') return failure('', 'First and Last are mandatory');
    const [demographics] = findElements(pair, 'demographics');
    if (
      demographics !== undefined &&
      localName(demographics.children[0]?.name ?? '') !== 'gender'
    ) {
      return failure('', 'gender is mandatory in demographics');
    }
    const keeps = verb === 'replace' ? undefined : before;
    const related = findElements(pair, 'relationship');
    this.persons.set(id, {
      givenName: givenName.slice(0, NAME_LENGTH),
      familyName: familyName.slice(0, NAME_LENGTH),
      role: findElement(pair, 'institutionRoleType')?.text || 'Student',
      email: findElement(pair, 'email')?.text ?? keeps?.email ?? null,
      birthDate: findElement(pair, 'bday')?.text ?? keeps?.birthDate ?? null,
      children:
        related.length === 0
          ? (keeps?.children ?? [])
          : related.map((one) => idIn(findElement(one, 'sourceId'))),
      inTrash: false,
    });
    const isInserted = before === undefined && verb !== 'create';
    const text = 'The object did not exist and was inserted';
    return isInserted ? { ...DONE, severity: 'warning', text } : DONE;
  }

  #putGroup(id: string, pair: XmlElement): Verdict {
    const title = findElement(pair, 'descShort')?.text ?? '';
    const type = findElement(pair, 'type')?.text ?? '';
    const level = findElement(pair, 'level')?.text ?? '';
    const relationship = findElement(pair, 'relationship');
    const parent = relationship === undefined ? null : idIn(findElement(relationship, 'sourceId'));
    const before = this.groups.get(id);
    if (title === '' || title.length > TITLE_LENGTH) return failure('', 'descShort has 1 to 64');
    if ((type === 'School') !== (level === '1')) return failure('', 'level and type disagree');
    if (before !== undefined && before.type !== type) return failure('', 'the type is immutable');
    if (parent !== null && !this.groups.has(parent)) {
      return failure('unknownobject', 'the parent does not exist');
    }
    this.groups.set(id, { title, type, parent });
    return DONE;
  }

  #putMembership(id: string, pair: XmlElement): Verdict {
    const group = idIn(findElement(pair, 'groupSourcedId'));
    const person = idIn(findElement(pair, 'memberSourcedId'));
    const known = this.persons.get(person);
    if (!this.groups.has(group)) return failure('unknownobject', 'the group does not exist');
    if (known === undefined || known.inTrash) {
      return failure('unknownobject', 'the person does not exist');
    }
    const before = this.memberships.get(id);
    const role = findElement(pair, 'roleType')?.text ?? '';
    this.memberships.set(id, {
      group: before?.group ?? group,
      person: before?.person ?? person,
      role,
    });
    return DONE;
  }

  /** Persons go to the trash and their memberships go; groups take their descendants with them. */
  #delete(noun: string, id: string): Verdict {
    const unknown = failure('unknownobject', 'the object does not exist');
    if (noun === 'Person') {
      const person = this.persons.get(id);
      if (person === undefined || person.inTrash) return unknown;
      person.inTrash = true;
      for (const [key, one] of this.memberships)
        if (one.person === id) this.memberships.delete(key);
      return DONE;
    }
    if (noun === 'Membership') return this.memberships.delete(id) ? DONE : unknown;
    if (!this.groups.has(id)) return unknown;
    this.#deleteGroup(id);
    return DONE;
  }

  #deleteGroup(id: string): void {
    this.groups.delete(id);
    for (const [key, one] of this.memberships) if (one.group === id) this.memberships.delete(key);
    for (const [key, { parent }] of this.groups) if (parent === id) this.#deleteGroup(key);
  }

  #changeIdentifier(body: XmlElement): Verdict {
    const from = idIn(findElement(body, 'sourcedId'));
    const to = idIn(findElement(body, 'newSourcedId'));
    const person = this.persons.get(from);
    if (person === undefined) return failure('unknownobject', 'the object does not exist');
    this.persons.delete(from);
    this.persons.set(to, person);
    for (const one of this.memberships.values()) if (one.person === from) one.person = to;
    return DONE;
  }
}

/** The order of elements in the WSDL, which WCF's reader holds to: it reads over what comes late. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  person: [
    ...['formatName', 'name', 'recordInfo', 'email', 'URL', 'systemRole', 'userId', 'address'],
    ...['demographics', 'institutionRole', 'tel', 'photo', 'dataSource', 'extension'],
  ],
  group: ['recordInfo', 'groupType', 'relationship', 'description', 'extension'],
  membership: ['groupSourcedId', 'member'],
  member: ['memberSourcedId', 'role'],
};

/** The element without the children that stand too late for WCF. */
function asWcfReads(element: XmlElement): XmlElement {
  const order = ORDER[localName(element.name)];
  let last = -1;
  const children = element.children.filter((child) => {
    const place = order?.indexOf(localName(child.name)) ?? last;
    if (order !== undefined && place < last) return false;
    last = place;
    return true;
  });
  return { ...element, children: children.map(asWcfReads) };
}

function idIn(element: XmlElement | undefined): string {
  return (
    (element === undefined ? undefined : findElement(element, 'identifier'))?.text.trim() ?? ''
  );
}
