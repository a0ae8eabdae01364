import { isList } from '../message/digest.ts';
import type { Json } from '../message/message.ts';

/** SS 12000: dates are inclusive, an absent end is open; `cancelled` was broken off in advance. */
export function isActive(item: Json, today: string): boolean {
  return isNotEnded(item, today) && (dateIn(item, 'startDate') ?? today) <= today;
}

/** Active, or still to come. */
export function isNotEnded(item: Json, today: string): boolean {
  return (dateIn(item, 'endDate') ?? today) >= today && fieldIn(item, 'cancelled') !== true;
}

/** Active, or ended at most so many days ago: a grace, so that a summer takes no account away. */
export function isRecent(item: Json, days: number, today: string): boolean {
  const at = new Date(`${today}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - days);
  const since = at.toISOString().slice(0, 10);
  return isNotEnded(item, since) && (dateIn(item, 'startDate') ?? today) <= today;
}

/** Whole years from a date to today; 0 for what is no date. */
export function wholeYears(date: Json, today: string): number {
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return 0;
  const years = Number(today.slice(0, 4)) - Number(date.slice(0, 4));
  return today.slice(5) < date.slice(5) ? years - 1 : years;
}

function dateIn(item: Json, field: string): string | undefined {
  const value = fieldIn(item, field);
  return typeof value === 'string' ? value : undefined;
}

function fieldIn(item: Json, field: string): Json | undefined {
  return typeof item === 'object' && item !== null && !isList(item) ? item[field] : undefined;
}
