import { define, oneByOne } from '../../core/plugin.ts';
import { absencesAt } from './absences.ts';
import { type Options, ReportSource } from './source.ts';

/** What schools report by SS 12000: read as it changes, and absences told. */
export const connector = define<Options>({
  openSource: (context) => new ReportSource(context),
  openSink: ({ http }) => oneByOne(absencesAt(http)),
});
