import type { City } from '../city.ts';
import { FAMILY_NAMES } from '../names.ts';
import { type Person, personAt } from '../people.ts';

/** Far from the places of all others, so that nobody shares a personal number. */
const FIRST_PLACES = { walter: 30, bosko: 31, mottagandeenheten: 32 } as const;

/** A child whom one old system knows and the register does not, born in that year. */
export function outsider(
  system: keyof typeof FIRST_PLACES,
  city: City,
  number: number,
  born: number,
): Person {
  const index = FIRST_PLACES[system] * city.pupils + number;
  const familyName = city.chance.pick(FAMILY_NAMES, system, 'family', number);
  const traits = { familyName, role: 'Student', home: null } as const;
  return personAt(city, [system, number], index, born, traits);
}

/** A system's sign for a person's protection: none, marked, or of protected registration. */
export function protectionSign({ privacy }: Person): 'N' | 'S' | 'F' {
  if (privacy === 0) return 'N';
  return privacy === 1 ? 'S' : 'F';
}
