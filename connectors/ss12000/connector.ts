import { define } from '../../core/plugin.ts';
import { Ss12000Api } from './served/api.ts';
import { type Options, Ss12000Source } from './source.ts';

/** SS 12000: what a provider offers is read, and what a client fetches is served. */
export const connector = define<Options>({
  openSource: (context) => new Ss12000Source(context),
  openServed: (context) => new Ss12000Api(context, context.options.client?.callbackHosts ?? []),
});
