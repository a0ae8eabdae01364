import { one } from './en-numbers.ts';
import type { TRIAL as SWEDISH } from './sv-trial.ts';

/** The same in English. */
export const TRIAL: typeof SWEDISH = {
  title: 'Try a change',
  link: 'Change the text and see what that would change',
  lead: 'The text is checked and tried on the real data. Nothing is written: download the file, and put it into the workspace when it is right.',
  text: 'The text of the mapping (YAML)',
  upload: 'Or choose a file',
  uploadNote: 'A file that is chosen takes the place of the text.',
  try: 'Check, and show what it would change',
  download: 'Download the text as a file',
  faults: 'The text has faults:',
  testsFail: 'The tests inside the mapping do not pass. Mend the rule or the test:',
  busy: 'Another trial is under way. Wait until it has ended.',
  running: 'The plans are being made',
  reload: 'Show how it goes',
  broke: 'The trial broke off:',
  would: 'With that text this would change, beside what would come anyway:',
  nothingWritten: 'Nothing is written, and no target was told anything.',
  parked: (count: number) => `${one(count, 'object', 'objects')} could not be made:`,
  held: 'Guards would hold the plan:',
  again: 'Change it further',
};
