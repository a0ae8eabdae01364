import { define } from '../../core/plugin.ts';
import { OneRosterApi } from './served/api.ts';
import { OneRosterSource, type Options } from './source.ts';

/** OneRoster by REST: what a provider offers is read, and what a client fetches is served. */
export const connector = define<Options>({
  openSource: (context) => new OneRosterSource(context),
  openServed: (context) => new OneRosterApi(context),
});
