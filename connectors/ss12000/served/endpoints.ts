import type { LISTS } from './entities.ts';

/** What the standard calls the entities of a list (EndPoint). */
export const ENDPOINTS: Readonly<Record<(typeof LISTS)[number], string>> = {
  organisations: 'Organisation',
  syllabuses: 'Syllabus',
  programmes: 'Programme',
  persons: 'Person',
  groups: 'Group',
  placements: 'Placement',
  duties: 'Duty',
  activities: 'Activity',
};

/** All of them, those that are not offered here included. */
export const ALL_ENDPOINTS: readonly string[] = [
  ...Object.values(ENDPOINTS),
  ...['Absence', 'AttendanceEvent', 'Attendance', 'Grade', 'CalendarEvent'],
  ...['AttendanceSchedule', 'Resource', 'Room', 'StudyPlan', 'SchoolUnitOffering'],
];
