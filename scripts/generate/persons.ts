import type { City, Unit } from './city.ts';
import { type Change, familiesOn } from './nights.ts';
import { type NumberedPerson, numbered, type Person } from './people.ts';
import { employeeAt, staffSize } from './staff.ts';

/** The persons of a unit on a night, family by family and then who works there. */
export function* personsOn(
  unit: Unit,
  city: City,
  night: number,
): Generator<NumberedPerson & { readonly changes: readonly Change[] }> {
  for (const { family, changes } of familiesOn(unit, city, night)) {
    let own: readonly Change[] = changes;
    for (const one of numbered(family)) {
      yield { ...one, changes: own };
      own = [];
    }
  }
  for (let number = 0; number < staffSize(unit); number++) {
    yield { person: employeeAt(unit, city, number).person, number, changes: [] };
  }
}

/** A school account. */
export interface Account {
  readonly eppn: string;
  readonly email: string;
}

/**
 * The account of a pupil or of staff; children and guardians have none. Its name is `u` and ten
 * characters of the id, so that it does not change with a name.
 */
export function accountOf({ id, role }: Person): Account | null {
  if (role !== 'Student' && role !== 'Staff') return null;
  const user = `u${id.replaceAll('-', '').slice(0, 8)}${id.slice(-6)}`;
  const email = `${user}@${role === 'Student' ? 'elev.skola.example' : 'skola.example'}`;
  return { eppn: `${user}@skola.example`, email };
}
