import type { City } from './city.ts';

/** First and last day of the school year that a city's first night falls in, and what it is called. */
export interface SchoolYear {
  readonly begin: string;
  readonly end: string;
  readonly period: string;
}

export function schoolYear({ date }: Pick<City, 'date'>): SchoolYear {
  const year = Number(date.slice(0, 4)) - (date.slice(5) < '07-01' ? 1 : 0);
  const period = `${year}/${String((year + 1) % 100).padStart(2, '0')}`;
  return { begin: `${year}-08-18`, end: `${year + 1}-06-11`, period };
}
