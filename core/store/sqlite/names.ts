import { type Database, numberOf, textOf } from './database.ts';

/** Short numbers for the names of targets and kinds, which stand in millions of rows. */
export class Names {
  readonly #database: Database;
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The number of a name, given to it now if it has none. */
  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#database.run('INSERT OR IGNORE INTO name (text) VALUES (?)', text);
    const row = this.#database.get('SELECT number FROM name WHERE text = ?', text) ?? {};
    const number = numberOf(row, 'number');
    this.#numbers.set(text, number);
    return number;
  }

  text(number: number): string {
    const known = this.#texts.get(number);
    if (known !== undefined) return known;
    const row = this.#database.get('SELECT text FROM name WHERE number = ?', number) ?? {};
    const text = textOf(row, 'text');
    this.#texts.set(number, text);
    return text;
  }
}
