import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../core/config/make-folder.ts';
import type { City } from '../city.ts';
import { boskoFiles } from './bosko.ts';
import { elevdokumentationFiles } from './elevdokumentation.ts';
import { gradebookFiles } from './gradebook.ts';
import { hannaFiles } from './hanna.ts';
import { preschoolReportOf } from './independent-preschool.ts';
import { rosterOf } from './independent-roster.ts';
import { mottagandeenhetenFiles } from './mottagandeenheten.ts';
import { sprakcentrumFiles } from './sprakcentrum.ts';
import type { WriteSystem } from './system-file.ts';
import { walterFiles } from './walter.ts';

/** The systems that send declared files, by the names of their mappings' folders. */
export const FILE_SYSTEMS: Readonly<Record<string, WriteSystem>> = {
  walter: walterFiles,
  bosko: boskoFiles,
  hanna: hannaFiles,
  sprakcentrum: sprakcentrumFiles,
  mottagandeenheten: mottagandeenhetenFiles,
  elevdokumentation: elevdokumentationFiles,
  gradebook: gradebookFiles,
};

/** What each independent organiser leaves in an inbox of its own, by the layout that they share. */
export const INBOXES: Readonly<Record<string, Readonly<Record<string, WriteSystem>>>> = {
  'independent-roster': { 'roster-north': rosterOf(0), 'roster-south': rosterOf(1) },
  'preschool-reports': {
    'preschools-north': preschoolReportOf(0),
    'preschools-south': preschoolReportOf(1),
  },
};

/** Writes the files of every system on a day into a folder of its own: `<out>/<system>/`. */
export async function writeSystems(city: City, date: string, out: string): Promise<void> {
  const all = [FILE_SYSTEMS, ...Object.values(INBOXES)].flatMap(Object.entries<WriteSystem>);
  for (const [system, files] of all) {
    await makeFolder(join(out, system));
    for (const { name, bytes } of files(city, date)) {
      await writeFile(join(out, system, name), bytes);
    }
  }
}
