import { define, oneByOne, type ServiceOptions } from 'skolnav/plugin';

/** A list's pages: the Link header leads to the next, and each says how many there are in all. */
const PAGES = { style: 'link', items: 'items', total: 'total' } as const;

/** The service gives its own ids; `oneByOne` has put them where an object refers to others. */
export const connector = define<ServiceOptions>({
  openSink: ({ http }) =>
    oneByOne({
      write({ kind, remoteId, object, isNew }) {
        const path = `/${kind}s/${encodeURIComponent(remoteId ?? '')}`;
        if (object === null) return http.delete(path);
        return isNew ? http.post(`/${kind}s`, object) : http.put(path, object);
      },
      list: (kind) => http.pages(`/${kind}s`, PAGES),
      find: (kind, key) => http.pages(`/${kind}s?externalId=${encodeURIComponent(key)}`, PAGES),
    }),
});
