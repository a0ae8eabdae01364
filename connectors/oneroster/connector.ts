import { define } from '../../core/plugin.ts';
import { OneRosterSource, type Options } from './source.ts';

/** OneRoster, as a consumer of what a provider offers by REST. */
export const connector = define<Options>({ openSource: (context) => new OneRosterSource(context) });
