import { Reports } from '../../connectors/ss12000-reports/simulator.ts';
import type { City } from '../generate/city.ts';
import { taughtClass } from '../generate/systems/taught-class.ts';

const LESSON = 60;
const LATE = 10;

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
