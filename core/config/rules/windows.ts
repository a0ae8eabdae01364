import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { daysBetween, isDate } from '../../message/dates.ts';
import type { YamlFile } from '../../schema/yaml-file.ts';

/** Days on which much is meant to change, as a file names them. */
export interface WrittenWindow {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** A window that nobody closes is no guard any more. */
const LONGEST_DAYS = 62;

/** A window has a beginning and an end, and is not for ever. `path` leads to the list of windows. */
export function checkWindows(
  yaml: YamlFile,
  path: readonly (string | number)[],
  windows: readonly WrittenWindow[],
  code: string,
): readonly Lint[] {
  return windows.flatMap(({ from, to }, index) => {
    const days = daysBetween(from, to);
    if (days >= 0 && days < LONGEST_DAYS) return [];
    const place = yaml.at([...path, index, isDate(from) ? 'to' : 'from']);
    const said =
      days >= 0
        ? saying('windowTooLong', { days: days + 1, most: LONGEST_DAYS })
        : saying(days < 0 ? 'windowBackwards' : 'noSuchDay', {});
    const hint = saying('forExample', { example: 'from: 2027-08-09, to: 2027-08-27' });
    return [lintOf({ file: yaml.file, ...place, code }, said, hint)];
  });
}

/** The window that is open on that day (`YYYY-MM-DD`), or null. */
export function windowOn<W extends Pick<WrittenWindow, 'from' | 'to'>>(
  windows: readonly W[],
  today: string,
): W | null {
  return windows.find(({ from, to }) => from <= today && today <= to) ?? null;
}
