/** Luhn's check digit over nine digits, as personal numbers have it. */
function checkDigit(nine: string): number {
  let sum = 0;
  for (const [index, character] of [...nine].entries()) {
    const product = Number(character) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return (10 - (sum % 10)) % 10;
}

/** Birth numbers below this are given by index; those above to the later of twins. */
const PLAIN_BIRTH_NUMBERS = 900;
const PER_DATE = PLAIN_BIRTH_NUMBERS * 9;

/** Day of the year of a person by index: no two persons of one year get the same number. */
export function dayOfYear(index: number): number {
  const spread = (index % PER_DATE) * 31;
  return (Math.floor(index / PER_DATE) * 7 + spread) % 365;
}

/** `YYYY-MM-DD` of a day of a year. */
export function dateOf(year: number, day: number): string {
  return new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10);
}

/** A personal number for this birth date with a check digit that is deliberately wrong. */
export function impossibleNumber(birthDate: string, index: number, isLaterTwin = false): string {
  const birthNumber = isLaterTwin
    ? PLAIN_BIRTH_NUMBERS + (index % 100)
    : index % PLAIN_BIRTH_NUMBERS;
  const shift = 1 + (Math.floor(index / (isLaterTwin ? 100 : PLAIN_BIRTH_NUMBERS)) % 9);
  const digits = birthDate.replaceAll('-', '') + String(birthNumber).padStart(3, '0');
  return digits + ((checkDigit(digits.slice(2)) + shift) % 10);
}

/** A temporary number, unique as long as fewer than 36,500 are given in a year. */
export function temporaryNumber(birthDate: string, index: number): string {
  return `${birthDate.replaceAll('-', '')}TF${String(index % 100).padStart(2, '0')}`;
}
