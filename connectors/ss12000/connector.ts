import { define } from '../../core/plugin.ts';
import { type Options, Ss12000Source } from './source.ts';

/** SS 12000, as a consumer of what a provider offers. */
export const connector = define<Options>({ openSource: (context) => new Ss12000Source(context) });
