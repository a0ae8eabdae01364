/**
 * What a member is by the roletype, in its words or in the numbers of IMS Enterprise 1.1: whoever
 * is `other` has something to do with the group, and is no pupil of it.
 */
export type MemberRole = 'student' | 'child' | 'member' | 'other';

const ROLES: ReadonlyMap<string, MemberRole> = new Map([
  ...(['student', 'learner', '01', '1'] as const).map((word) => [word, 'student'] as const),
  ...(['child'] as const).map((word) => [word, 'child'] as const),
  ...(['', 'member', '04', '4'] as const).map((word) => [word, 'member'] as const),
  ...(
    [
      ...['instructor', 'teacher', 'staff', '02', '2', 'contentdeveloper', '03', '3'],
      ...['manager', '05', '5', 'mentor', '06', '6', 'administrator', '07', '7'],
      ...['teachingassistant', '08', '8', 'guardian', 'contact', 'observer'],
    ] as const
  ).map((word) => [word, 'other'] as const),
]);

/** Null for a word that nobody knows: it may be a new one for pupils. */
export function roleNamed(roletype: string | undefined): MemberRole | null {
  return ROLES.get((roletype ?? '').toLowerCase().replaceAll(/\s/g, '')) ?? null;
}
