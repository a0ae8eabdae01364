import type { Overview, Wiring } from '../../core/control/control-bus.ts';
import { type Box, draw } from '../drawing.ts';
import type { Html } from '../html.ts';
import { flowPath, modulePath } from '../links.ts';
import type { Ask, House } from '../route.ts';
import { SIGN_OF, type Sign, signOfFlow } from '../signs.ts';

/** Which ways are drawn: those of one flow, or all that a module is part of. */
interface Of {
  readonly flow?: string;
  readonly module?: string;
}

/** How sources, flows and targets hang together and how they go; null where nothing does. */
export async function waysDrawn(ask: Ask, { control }: House, of: Of = {}): Promise<Html | null> {
  const { language } = ask;
  const { flows: words, overview: about, schedule, product } = language.words;
  const flows = control
    .wiring()
    .flows.filter(
      ({ name, from, to }) =>
        name === (of.flow ?? name) &&
        (of.module === undefined || to === of.module || from.includes(of.module)),
    );
  if (flows.length === 0) return null;
  const overview = await control.overview();
  const timetable = await control.timetable();
  const isPaused = (name: string) => timetable.some((one) => one.flow === name && one.pause);
  const sources = sourcesOf(flows, of).map((name): Box => {
    const found = overview.sources.find(({ module }) => module === name);
    const { run = null, takenInAt = null } = found ?? {};
    return {
      ...moduleBox(of, name, takenInAt === null ? about.never2 : language.time(takenInAt)),
      state: run === null ? null : stateOf(ask, SIGN_OF[run.outcome]),
    };
  });
  const flowBox = ({ name, schedule: when }: Wiring['flows'][number]): Box => {
    const turns = when === null ? words.byHand : language.turns(when);
    return {
      ...{ title: name, path: flowPath(name), isHere: name === of.flow },
      note: isPaused(name) ? schedule.paused : turns,
      state: stateOfFlow(ask, name, overview),
    };
  };
  const ways = [...Map.groupBy(flows, ({ to }) => to)].map(([to, own]) => ({
    flows: own.map(flowBox),
    target: { ...moduleBox(of, to, own[0]?.target ?? ''), state: null },
  }));
  return draw({
    ...{ label: words.drawing, hub: product, sources, ways },
    description: words.described(sources.length, flows.length, ways.length),
    heads: [about.sources, words.title, words.targets],
  });
}

/** Of a module, those beside it that feed the same flow are not its own ways. */
function sourcesOf(flows: Wiring['flows'], { module }: Of): readonly string[] {
  const all = flows.flatMap(({ from, to }) => {
    return module === undefined || to === module ? from : [module];
  });
  return [...new Set(all)];
}

function moduleBox(of: Of, name: string, note: string): Omit<Box, 'state'> {
  return { title: name, note, path: modulePath(name), isHere: name === of.module };
}

function stateOfFlow(ask: Ask, name: string, { flows }: Overview): Box['state'] {
  const found = flows.find(({ flow }) => flow === name);
  return found === undefined ? null : stateOf(ask, signOfFlow(found));
}

function stateOf({ language }: Ask, sign: Sign): readonly [Sign, string] {
  return [sign, language.words.signs[sign]];
}
