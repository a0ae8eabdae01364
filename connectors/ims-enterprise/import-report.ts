/** What a service tells of the last document that it has taken in. */
export interface ImportReport {
  /** The document's name, as we gave it. */
  readonly file: string;
  /** How many elements it counted in it; null where it does not say. */
  readonly records: number | null;
  /** It took nothing of the document. */
  readonly isRefused: boolean;
  /** It left the document alone: it has seen it, or thinks that there is too little in it. */
  readonly isSkipped: boolean;
  readonly notes: readonly Note[];
}

/** What is said of one element. */
export interface Note {
  readonly severity: 'error' | 'warning';
  /** Name of the element: `person`, `group`, `membership`. */
  readonly element: string;
  /** Its id; of a membership those of group and person with a blank between them. */
  readonly id: string;
  /** In capitals: `UNKNOWN`, `UNKNOWN_PARENT` ... */
  readonly code: string;
  readonly text: string;
}

/**
 * Reads the answer to STATUS: a line for each thing, its fields between tabs. Lines and fields that
 * we do not know are read over. Null: no document has been taken in.
 */
export function readReport(text: string): ImportReport | null {
  const lines = text.split(/\r?\n/).map((line) => line.split('\t').map((field) => field.trim()));
  const of = (word: string) => lines.filter(([first = '']) => first.toLowerCase() === word);
  const [imported] = of('data imported');
  if (imported === undefined) return null;
  const [records] = of('records');
  return {
    file: imported[2] ?? '',
    records: /^\d{1,9}$/.test(records?.[1] ?? '') ? Number(records?.[1]) : null,
    isRefused: of('failed').length > 0,
    isSkipped: of('skipped').length > 0,
    notes: [...of('error').map(noteOf('error')), ...of('warning').map(noteOf('warning'))],
  };
}

function noteOf(severity: Note['severity']): (fields: readonly string[]) => Note {
  return ([, element = '', id = '', code = '', text = '']) => {
    return { severity, element: element.toLowerCase(), id, code: code.toUpperCase(), text };
  };
}
