import { ItslearningSite } from '../../connectors/itslearning/simulator-site.ts';
import { Reports } from '../../connectors/ss12000-reports/simulator.ts';
import type { City } from '../generate/city.ts';
import { taughtClass } from '../generate/systems/taught-class.ts';

const LESSON = 60;
const LATE = 10;
const MOST = 30;

/** What teachers of one class have reported of a lesson in the demonstration's schedule system. */
export function reportsOf(city: City, date: string): Reports {
  const reports = new Reports(Date.now);
  const { chance } = city;
  const taught = taughtClass(city);
  const [activity] = taught?.activities ?? [];
  if (taught === null || activity === undefined) return reports;
  const lesson = chance.uuid('lesson', activity.id, date);
  const startTime = `${date}T09:00:00+02:00`;
  const endTime = `${date}T10:00:00+02:00`;
  reports.put('calendarEvents', { id: lesson, activity: { id: activity.id }, startTime, endTime });
  for (const [number, { id }] of taught.pupils.entries()) {
    const late = number % 7 === 3 ? LATE : 0;
    reports.put('attendances', {
      ...{ id: chance.uuid('attendance', lesson, id), calendarEvent: { id: lesson } },
      ...{ student: { id }, reporter: { id: taught.teacherId }, isReported: true },
      attendanceMinutes: LESSON - late,
      ...(late > 0 ? { invalidAbsenceMinutes: late, absenceReason: 'missade bussen' } : {}),
      reportedTimestamp: endTime,
    });
  }
  return reports;
}

/** A learning platform in which teachers of that class have assessed most pupils. */
export function assessedIn(city: City, date: string): ItslearningSite {
  const site = new ItslearningSite();
  const taught = taughtClass(city);
  if (taught === null) return site;
  const { chance } = city;
  const { group, pupils } = taught;
  const GradebookItemId = 4711;
  const test = { GradebookItemId, Title: 'Läsförståelse', MaxScore: MOST };
  const assessed = pupils.filter((_, number) => number % 5 !== 4);
  site.gradebooks.set(group.id, {
    items: [{ ...test, Deadline: `${date}T16:00:00`, Description: 'ta med boken' }],
    assessments: assessed.map(({ id }) => ({
      ...{ GradebookItemId, PersonSyncKey: id, Score: chance.below(MOST + 1, 'assessed', id) },
      ...{ AssessedDate: `${date}T18:00:00`, Comments: 'läste med hjälp' },
    })),
  });
  return site;
}
