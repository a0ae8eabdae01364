import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CsvSuffix } from '../generate/fault.ts';
import { vouch } from '../generate/file-faults.ts';
import { idIn, readElements } from '../generate/ims-elements.ts';
import { membershipXml } from '../generate/ims-xml.ts';

type ElementKind = 'person' | 'group' | 'membership';

const SUFFIXES: readonly CsvSuffix[] = ['amne', 'program', 'konto', 'anstallning', 'aktivitet'];

/** What the register would send: its elements and rows, to be changed by id. */
export class RegisterNight {
  readonly #head: string;
  readonly #elements: Readonly<Record<ElementKind, Map<string, string>>>;
  /** Header first. */
  readonly #rows: ReadonlyMap<CsvSuffix, string[]>;

  private constructor(xml: string, rows: ReadonlyMap<CsvSuffix, string[]>) {
    this.#head = xml.slice(0, xml.indexOf('</properties>') + '</properties>\n'.length);
    this.#elements = { person: new Map(), group: new Map(), membership: new Map() };
    for (const { kind, text } of readElements(xml)) this.#elements[kind].set(idIn(text), text);
    this.#rows = rows;
  }

  static async read(folder: string, batch: string): Promise<RegisterNight> {
    const rows = new Map<CsvSuffix, string[]>();
    for (const suffix of SUFFIXES) {
      const text = await readFile(join(folder, `${batch}-${suffix}.csv`), 'utf8');
      rows.set(suffix, text.trimEnd().split('\r\n'));
    }
    return new RegisterNight(await readFile(join(folder, `${batch}.xml`), 'utf8'), rows);
  }

  /** Writes the batch as that day's; the marker must be there to be written anew. */
  async write(folder: string, batch: string, day: string): Promise<void> {
    const head = this.#head.replace(/<datetime>[^<]*/, `<datetime>${day}T02:00:00+02:00`);
    const { person, group, membership } = this.#elements;
    const elements = [person, group, membership].flatMap((one) => [...one.values()]);
    await writeFile(join(folder, `${batch}.xml`), `${head}${elements.join('')}</enterprise>\n`);
    const names = [`${batch}.xml`];
    for (const [suffix, rows] of this.#rows) {
      names.push(`${batch}-${suffix}.csv`);
      await writeFile(join(folder, `${batch}-${suffix}.csv`), [...rows, ''].join('\r\n'));
    }
    await writeFile(join(folder, `${batch}.done`), names.map((name) => `- 0 0 ${name}\n`).join(''));
    await vouch(folder, batch, 'counted');
  }

  /** Adds an element. */
  add(kind: ElementKind, text: string): void {
    this.#elements[kind].set(idIn(text), text);
  }

  remove(kind: ElementKind, id: string): void {
    this.#elements[kind].delete(id);
  }

  text(kind: ElementKind, id: string): string {
    const text = this.#elements[kind].get(id);
    assert(text !== undefined, `${kind} ${id} is there`);
    return text;
  }

  /** Changes an element; it is a defect of the situation if nothing changes. */
  change(kind: ElementKind, id: string, from: string | RegExp, to: string): void {
    const before = this.text(kind, id);
    const after = before.replace(from, to);
    assert(after !== before, `${kind} ${id} has ${from}`);
    this.#elements[kind].set(id, after);
  }

  ids(kind: ElementKind): readonly string[] {
    return [...this.#elements[kind].keys()];
  }

  /** Units and groups that the person is in. */
  placesOf(person: string): readonly string[] {
    const mark = `<id>${person}</id>`;
    const memberships = [...this.#elements.membership];
    return memberships.flatMap(([id, text]) => (text.includes(mark) ? [id] : []));
  }

  /** Adds the member's line to a unit or group. */
  join(place: string, member: string): void {
    if (this.#elements.membership.has(place)) {
      this.change('membership', place, '</membership>', `${member}</membership>`);
    } else this.add('membership', membershipXml(place, [member]));
  }

  /** Changes the member's lines in a unit or group; `''` takes the member out. */
  member(place: string, person: string, change: (line: string) => string): void {
    const lines = this.text('membership', place).split('\n');
    const changed = lines.map((line) =>
      line.includes(`<id>${person}</id>`) ? change(line) : line,
    );
    const kept = changed.filter((line, index) => line !== '' || index === lines.length - 1);
    this.#elements.membership.set(place, kept.join('\n'));
  }

  /** Ends whatever the person is in on that day. */
  end(person: string, day: string, places = this.placesOf(person)): void {
    for (const place of places) {
      this.member(place, person, (line) =>
        line.replace(/(<end>[^<]*<\/end>)?<\/timeframe>/, `<end>${day}</end></timeframe>`),
      );
    }
  }

  addRow(suffix: CsvSuffix, cells: readonly (string | number)[]): void {
    this.#rows.get(suffix)?.push(cells.join(';'));
  }

  /** Changes the rows of that first cell. */
  row(
    suffix: CsvSuffix,
    id: string,
    change: (cells: readonly string[]) => readonly string[],
  ): void {
    const rows = this.#rows.get(suffix) ?? [];
    for (const [index, row] of rows.entries()) {
      const cells = row.split(';');
      if (cells[0] === id) rows[index] = change(cells).join(';');
    }
  }

  removeRow(suffix: CsvSuffix, id: string): void {
    const rows = this.#rows.get(suffix) ?? [];
    const at = rows.findIndex((row) => row.startsWith(`${id};`));
    if (at !== -1) rows.splice(at, 1);
  }
}
