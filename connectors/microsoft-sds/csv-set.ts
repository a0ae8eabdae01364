import type { Json, JsonObject } from '../../core/plugin.ts';

/** One file of the set; header names are case-sensitive and stand in this order (SDS V2.1 CSV). */
export interface SdsFile {
  readonly kind: string;
  readonly columns: readonly string[];
  /** Several objects may give the same row: of two posts at a school, SDS knows one role. */
  readonly mayRepeat?: boolean;
}

/** The files that every set has, in SDS's order of dependence. */
export const SDS_FILES: readonly SdsFile[] = [
  { kind: 'orgs', columns: ['sourcedId', 'name', 'type', 'parentSourcedId'] },
  {
    kind: 'users',
    columns: [
      'sourcedId',
      'username',
      'givenName',
      'familyName',
      'activeDirectoryMatchId',
      'email',
      'phone',
      'sms',
      'userNumber',
    ],
  },
  {
    kind: 'roles',
    mayRepeat: true,
    columns: [
      'userSourcedId',
      'orgSourcedId',
      'role',
      'sessionSourcedId',
      'grade',
      'isPrimary',
      'roleStartDate',
      'roleEndDate',
    ],
  },
  {
    kind: 'classes',
    columns: ['sourcedId', 'orgSourcedId', 'title', 'sessionSourcedIds', 'courseSourcedId', 'code'],
  },
  { kind: 'enrollments', columns: ['classSourcedId', 'userSourcedId', 'role'] },
];

/** Kinds of objects that stand in the file of another kind: a contact is a row of users.csv. */
export const FILE_OF: Readonly<Record<string, string>> = { contacts: 'users' };

export const RELATIONSHIPS: SdsFile = {
  kind: 'relationships',
  columns: ['userSourcedId', 'relationshipUserSourcedId', 'relationshipRole'],
};

/** The cells of an object, in the order of the file's columns. */
export function cellsOf({ columns }: SdsFile, object: JsonObject): readonly string[] {
  return columns.map((column) => cellOf(object[column]));
}

/** Lists are joined in one cell; a line break must not stand in a value (SDS V2.1 CSV). */
function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return text.replaceAll(/[\r\n]+/g, ' ');
}
