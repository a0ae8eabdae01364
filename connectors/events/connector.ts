import { define } from '../../core/plugin.ts';
import { layoutOf, type Options } from './options.ts';
import { EventReceiver } from './receiver.ts';
import { InboxSource } from './source.ts';

/** What any system sends by itself: taken as it comes, read from the inbox. */
export const connector = define<Options>({
  openSource: async (context) => {
    const layout = await layoutOf(context);
    return new InboxSource(Object.keys(layout.streams), context);
  },
  openReceiver: async (context) => new EventReceiver(await layoutOf(context), context),
});
