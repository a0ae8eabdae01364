import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { didYouMean } from '../../core/control/control-bus.ts';
import { type CitySize, planCity } from '../generate/city.ts';
import { recordFaults } from '../generate/faults.ts';
import { FILE_FAULTS } from '../generate/file-faults.ts';
import { cityIn, generateCity } from '../generate/generate-city.ts';
import { Casting } from '../situations/casting.ts';
import { generateSituations, SITUATIONS } from '../situations/generate-situations.ts';
import { BY_HAND } from '../situations/schools-and-staff.ts';
import type { Situation } from '../situations/situation.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { atLeastOne, calendarDay } from '../terminal/whole-number.ts';

interface Options {
  readonly pupils?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly nights: number;
  readonly date?: string;
  readonly faults?: string | true;
  readonly situation?: readonly string[];
  readonly night: number;
}

const FIRST_NIGHT = '2026-09-01';
const USUAL_CITY: CitySize = { pupils: 2300, seed: 'skolnav', date: FIRST_NIGHT };

/** `skolnav generate`: the register's nightly files of a made-up city. */
export function addGenerateCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('generate'),
    'generate --out register --nights 2 --faults truncated',
    'generate --out register --situation custody',
  )
    .description("write the register's nightly files of a made-up city")
    .option(
      '--pupils <n>',
      `children and pupils (${USUAL_CITY.pupils}); the full city has 140000`,
      atLeastOne,
    )
    .option('--seed <text>', `the same seed gives the same bytes (${USUAL_CITY.seed})`)
    .option('--out <folder>', 'where the batches go')
    .option('--nights <n>', 'nights; each after the first changes a little', atLeastOne, 1)
    .option(
      '--date <day>',
      `date of the first night (${FIRST_NIGHT}), of situations today's`,
      calendarDay,
    )
    .option('--faults [name]', 'plant bad records in the first night, or damage the last; or: list')
    .option('--situation <names>', 'what happens in life: 7.8, custody ...; or: list', names, [])
    .option('--night <n>', 'which night of the situations to write', atLeastOne, 1)
    .action(async (options: Options) => {
      terminal.exitCode = await generate(terminal, options);
    });
}

function names(written: string, before: readonly string[]): readonly string[] {
  return [...before, ...written.split(',').map((name) => name.trim())];
}

async function generate(terminal: Terminal, options: Options): Promise<number> {
  const { faults, situation = [], out } = options;
  if (situation.includes('list')) return listSituations(terminal);
  if (faults === 'list') return listFaults(terminal);
  if (out === undefined) return usage(terminal, 'say where the batches go: --out <folder>');
  const request = { ...options, out: resolve(out) };
  const city = await cityMeant(request);
  return situation.length > 0
    ? stageSituations(terminal, request, city)
    : writeNights(terminal, request, city);
}

type Request = Options & { readonly out: string };

/** The city that the folder already has nights of, where nothing else is asked for. */
async function cityMeant({ out, pupils, seed, date }: Request): Promise<CitySize> {
  const known = pupils === undefined && seed === undefined ? await cityIn(out) : null;
  if (known !== null) return known;
  const asked = { pupils: pupils ?? USUAL_CITY.pupils, seed: seed ?? USUAL_CITY.seed };
  return { ...asked, date: date ?? USUAL_CITY.date };
}

async function writeNights(terminal: Terminal, options: Request, city: CitySize): Promise<number> {
  const { faults, out } = options;
  const damage = FILE_FAULTS.find(({ name }) => name === faults);
  if (typeof faults === 'string' && damage === undefined) {
    const known = FILE_FAULTS.map(({ name }) => name);
    const isBad = recordFaults(planCity(city)).some(({ name }) => name === faults);
    const hint = didYouMean(faults, known) || 'All: --faults list.';
    return usage(
      terminal,
      isBad
        ? `"${faults}" is one of the bad records, which come together: --faults`
        : `no fault "${faults}". ${hint}`,
    );
  }
  if (damage !== undefined && damage.shows !== 'object' && options.nights < 2) {
    return usage(terminal, `${damage.name} follows a good night: --nights 2`);
  }
  const onProgress = showProgress(terminal.err);
  const nights = await generateCity({
    ...city,
    ...{ out, nights: options.nights, faults: faults === true },
    onProgress: (night, done) =>
      onProgress({ step: `generate night ${night}`, done, total: null, ended: false }),
  });
  for (const { batch, records, changes, faults: planted } of nights) {
    terminal.print(
      `${batch}: ${records} records, ${changes.length} changes, ${planted.length} faults`,
    );
  }
  if (damage === undefined) return EXIT.done;
  const [before, last] = [nights.at(-2)?.batch ?? '', nights.at(-1)?.batch ?? ''];
  await damage.damage({ folder: out, batch: last, before });
  terminal.print(`${last} is damaged: ${damage.what}. It gives: ${damage.code ?? 'no change'}`);
  return EXIT.done;
}

async function stageSituations(
  terminal: Terminal,
  options: Request,
  city: CitySize,
): Promise<number> {
  const situations: Situation[] = [];
  for (const name of options.situation ?? []) {
    const isMeant = (one: { number: number; name: string }) =>
      one.name === name || `7.${one.number}` === name;
    const byHand = BY_HAND.find(isMeant);
    if (byHand !== undefined)
      return usage(terminal, `7.${byHand.number} is done by hand. ${byHand.steps}`);
    const found = SITUATIONS.find(isMeant);
    if (found === undefined) {
      const known = SITUATIONS.map((one) => one.name);
      const hint = didYouMean(name, known) || 'All: --situation list.';
      return usage(terminal, `no situation "${name}". ${hint}`);
    }
    situations.push(found);
  }
  const { night } = options;
  const now = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' });
  const today = options.date ?? now;
  const isNew = (await cityIn(options.out)) === null;
  const { batch, nights, staged } = await generateSituations({
    ...(isNew ? { ...city, date: today } : city),
    ...{ out: options.out, situations, night, today },
  });
  if (batch === null) return usage(terminal, `there is no night ${night}: they take ${nights}`);
  terminal.print(`${join(options.out, batch)}: night ${night} of ${nights}. Now: skolnav sync`);
  if (night < nights)
    terminal.print(`Then the same command with --night ${night + 1}, and sync again.`);
  for (const { situation, who } of staged) tell(terminal, situation, who);
  return EXIT.done;
}

/** To whom it happens, and what there is to see when all nights have been synchronised. */
function tell(
  terminal: Terminal,
  situation: Situation,
  who: Readonly<Record<string, string>>,
): void {
  terminal.print(`\n7.${situation.number} ${situation.name}: ${situation.what}`);
  for (const [part, id] of Object.entries(who)) terminal.print(`  ${part.padEnd(14)} ${id}`);
  for (const [target, shown] of Object.entries(situation.shown)) {
    terminal.print(`  ${target.padEnd(14)} ${shown}`);
  }
  if (situation.isNextDay === true)
    terminal.print('  Sync again tomorrow: the day alone brings it.');
  if (situation.isHeld === true) terminal.print('  It waits for a person: skolnav hold list');
}

function listSituations(terminal: Terminal): number {
  const casting = new Casting(planCity({ ...USUAL_CITY, seed: 'list' }));
  const nights = (one: Situation) => one.stage(casting).scenes.length;
  const rows = [...SITUATIONS, ...BY_HAND]
    .sort((a, b) => a.number - b.number)
    .map((one) =>
      'steps' in one
        ? [`7.${one.number}`, one.name, 'by hand', one.what, one.steps]
        : [`7.${one.number}`, one.name, String(nights(one)), one.what, look(one)],
    );
  terminal.print(formatTable(['number', 'name', 'nights', 'what happens', 'afterwards'], rows));
  return EXIT.done;
}

function look({ shown, isHeld, isNextDay }: Situation): string {
  const said = Object.entries(shown).filter(([, text]) => !text.startsWith('nothing'));
  const texts = said.map(([target, text]) => `${target}: ${text}`);
  const when = isNextDay === true ? 'the next day; ' : isHeld === true ? 'a hold; ' : '';
  return when + (texts.length === 0 ? 'nothing is told to any target' : texts.join('; '));
}

function listFaults(terminal: Terminal): number {
  const city = planCity({ pupils: 100, seed: 'list', date: FIRST_NIGHT });
  const records = recordFaults(city).map(({ name, what, code, field }) => {
    return [
      name,
      what,
      code,
      `with --faults, in the first night${field === '' ? '' : `: ${field}`}`,
    ];
  });
  const files = FILE_FAULTS.map(({ name, what, code, shows }) => {
    return [name, what, code ?? '', `with --faults ${name}, in the last night (${shows})`];
  });
  terminal.print(formatTable(['name', 'what', 'code', 'where'], [...files, ...records]));
  return EXIT.done;
}

function usage(terminal: Terminal, text: string): number {
  terminal.printError(text);
  return EXIT.usage;
}
