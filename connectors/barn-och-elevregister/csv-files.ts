import type { DelimitedFormat } from '../../core/plugin.ts';

/** A delimited file of a batch: `<batch>-<suffix>.csv`. */
export interface CsvFile {
  readonly stream: string;
  readonly suffix: string;
  readonly columns: readonly string[];
}

/** What IMS Enterprise lacks; see FORMAT.md. */
export const CSV_FILES: readonly CsvFile[] = [
  {
    stream: 'duty',
    suffix: 'anstallning',
    columns: [
      'tjanst_id',
      'person_id',
      'enhet_id',
      'befattning',
      'signatur',
      'omfattning',
      'fran',
      'till',
      'mentor_for',
    ],
  },
  { stream: 'account', suffix: 'konto', columns: ['person_id', 'eppn', 'epost', 'typ'] },
  {
    stream: 'activity',
    suffix: 'aktivitet',
    columns: ['aktivitet_id', 'namn', 'enhet_id', 'grupp_id', 'larare', 'amne_id', 'fran', 'till'],
  },
  {
    stream: 'syllabus',
    suffix: 'amne',
    columns: ['amne_id', 'skolform', 'amneskod', 'amne', 'kurskod', 'kurs'],
  },
  {
    stream: 'programme',
    suffix: 'program',
    columns: ['program_id', 'kod', 'namn', 'skolform', 'typ'],
  },
];

/** Semicolons, UTF-8, a header; `recstatus` comes first in delta batches alone. */
export function csvFormat(columns: readonly string[], mode: 'full' | 'delta'): DelimitedFormat {
  const names = mode === 'delta' ? ['recstatus', ...columns] : columns;
  return {
    separator: ';',
    quote: '"',
    header: true,
    encoding: 'utf-8',
    columns: names.map((name) => ({ name, required: true })),
    extraColumns: 'tell',
  };
}
