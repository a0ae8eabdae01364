import type { Message } from '../core/control/control-bus.ts';
import { type Html, html } from './html.ts';
import type { Language } from './language.ts';
import type { Sign } from './signs.ts';

const WIDTH = 320;
const EDGE = 8;

/** What is known to have happened to a message at an instant, or will. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: Sign;
  readonly text: string;
}

/**
 * When a message came, was tried last and with what answer, and until when it waits. What attempts
 * before the last came to is not kept: there are so many.
 */
export function momentsOf({ words }: Pick<Language, 'words'>, message: Message): readonly Moment[] {
  const { message: own } = words;
  const { attempts, createdAt, updatedAt, notBefore, run, state, problem } = message;
  const code = problem?.code ?? '';
  return [
    { at: createdAt, kind: 'wait', text: own.planned(run) },
    ...(attempts === 0
      ? []
      : [{ at: updatedAt, kind: 'bad', text: own.answered(attempts, code) } as const]),
    ...(state === 'retrying' ? [{ at: notBefore, kind: 'wait', text: own.again } as const] : []),
  ];
}

/** The same as a line with a dot for each, as far apart as they were. */
export function lineOf(moments: readonly Moment[], label: string): Html {
  const times = moments.map(({ at }) => at);
  const [begin, end] = [Math.min(...times), Math.max(...times)];
  const placeOf = (at: number) => EDGE + ((at - begin) / Math.max(1, end - begin)) * WIDTH;
  const dots = moments.map(({ at, kind, text }) => {
    return html`<circle class="${kind}" cx="${placeOf(at).toFixed(1)}" cy="10" r="6"><title>${text}</title></circle>`;
  });
  const width = WIDTH + 2 * EDGE;
  return html`<svg class="attempts" role="img" aria-label="${label}" width="${width}" height="20"
viewBox="0 0 ${width} 20"><line x1="${EDGE}" x2="${EDGE + WIDTH}" y1="10" y2="10"/>${dots}</svg>`;
}
