import type { City } from '../city.ts';
import { type Activity, activitiesOf, type Group, homeGroupKey, homeGroups } from '../groups.ts';
import { type Child, familiesOf } from '../people.ts';
import { employeeAt } from '../staff.ts';

/** One class of the city with what is taught in it: systems of few rows tell of it alone. */
export interface TaughtClass {
  readonly unitId: string;
  readonly group: Group;
  readonly pupils: readonly Child[];
  /** Those who take part as a class. */
  readonly activities: readonly Activity[];
  readonly teacherId: string;
}

/** The class of a compulsory school with the most pupils; null where the city has none. */
export function taughtClass(city: City): TaughtClass | null {
  const unit = city.units.find(({ form }) => form === 'compulsory');
  if (unit === undefined) return null;
  const children = [...familiesOf(unit, city, unit.size)].flatMap((family) => family.children);
  const classes = [...homeGroups(unit, city)].map(([key, group]) => {
    const pupils = children.filter((child) => homeGroupKey(unit, child) === key);
    return { key, group, pupils };
  });
  const [largest] = classes.toSorted((a, b) => b.pupils.length - a.pupils.length);
  if (largest === undefined) return null;
  const { key, group, pupils } = largest;
  const all = activitiesOf(unit, city, key, group);
  const activities = all.filter(({ groupId }) => groupId === group.id);
  const teacherId = employeeAt(unit, city, all[0]?.teachers[0] ?? 0).person.id;
  return { unitId: unit.id, group, pupils, activities, teacherId };
}
