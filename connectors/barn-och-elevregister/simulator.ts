import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A batch as the register would send it; what is not said is empty. */
export interface SimulatedBatch {
  /** `ber-YYYYMMDD` or `ber-YYYYMMDDTHHMM-delta`. */
  readonly name: string;
  /** When it was made, with zone. */
  readonly datetime: string;
  /** First and last moment of a delta. */
  readonly window?: { readonly from: string; readonly to: string };
  /** Elements `<person>`, `<group>`, `<membership>`, in this order. */
  readonly elements?: readonly string[];
  /** Lines of the csv files below their headers, by suffix; delta lines begin with recstatus. */
  readonly rows?: Readonly<Record<string, readonly string[]>>;
}

/** One file of a batch before it is sent. */
export interface SimulatedFile {
  readonly name: string;
  readonly text: string;
  readonly records: number;
}

const HEADERS: Readonly<Record<string, string>> = {
  anstallning: 'tjanst_id;person_id;enhet_id;befattning;signatur;omfattning;fran;till;mentor_for',
  konto: 'person_id;eppn;epost;typ',
  aktivitet: 'aktivitet_id;namn;enhet_id;grupp_id;larare;amne_id;fran;till',
  amne: 'amne_id;skolform;amneskod;amne;kurskod;kurs',
  program: 'program_id;kod;namn;skolform;typ',
};

/** The files of a batch; a delta has those csv files that have rows. */
export function filesOf(batch: SimulatedBatch): readonly SimulatedFile[] {
  const { name, elements = [], rows = {} } = batch;
  const isDelta = name.endsWith('-delta');
  const xml = { name: `${name}.xml`, text: xmlOf(batch, isDelta), records: elements.length };
  const csv = Object.entries(HEADERS).flatMap(([suffix, columns]): SimulatedFile[] => {
    const lines = rows[suffix];
    if (isDelta && lines === undefined) return [];
    const header = isDelta ? `recstatus;${columns}` : columns;
    const text = [header, ...(lines ?? []), ''].join('\r\n');
    return [{ name: `${name}-${suffix}.csv`, text, records: lines?.length ?? 0 }];
  });
  return [xml, ...csv];
}

/** The marker that vouches for these files. */
export function markerOf(files: readonly SimulatedFile[]): string {
  const lines = files.map(({ name, text, records }) => {
    const digest = createHash('sha256').update(text).digest('hex');
    return `${digest} ${Buffer.byteLength(text)} ${records} ${name}\n`;
  });
  return lines.join('');
}

/** Puts a batch into a folder as the register does: its marker last. */
export async function publish(folder: string, batch: SimulatedBatch): Promise<void> {
  const files = filesOf(batch);
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  await writeFile(join(folder, `${batch.name}.done`), markerOf(files));
}

function xmlOf(batch: SimulatedBatch, isDelta: boolean): string {
  const { datetime, window, elements = [] } = batch;
  const stated =
    window === undefined
      ? []
      : [`<extension><window from="${window.from}" to="${window.to}"/></extension>`];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<enterprise>',
    '<properties lang="sv"><datasource>BER</datasource>',
    `<type>${isDelta ? 'delta' : 'full'}</type>`,
    `<datetime>${datetime}</datetime>`,
    ...stated,
    '</properties>',
    ...elements,
    '</enterprise>',
    '',
  ].join('\n');
}
