/** A record of one stream as its form has it: texts, and lists of texts. */
export interface FormRecord {
  readonly stream: string;
  /** Line on which it begins, from 1; of a JSON document the record's number. */
  readonly line: number;
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}
