import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Layout, layoutSchemaOf } from '../../core/plugin.ts';
import { openSqliteStore } from '../../core/store/sqlite/sqlite-store.ts';
import { describeSource, testContext } from '../../test/contract/testing.ts';
import { InboxSource } from './source.ts';

const LAYOUT: Layout = {
  streams: {
    absence: { format: 'json', file: 'a.json', columns: [{ name: 'id', required: true }] },
    presence: { format: 'json', file: 'b.json', columns: [{ name: 'id', required: true }] },
  },
};

describeSource('events', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-inbox-'));
  const store = await openSqliteStore({ file: join(folder, 'skolnav.db') });
  const { inbox } = store;
  let sent = 0;
  const send = async (count: number) => {
    const events = Array.from({ length: count }, (_, at) => {
      const stream = at % 2 === 0 ? 'absence' : 'presence';
      const content = { stream, operation: 'upsert', value: { id: `r${sent}-${at}` } };
      return { key: `r${sent}-${at}`, at, content };
    });
    sent += 1;
    await inbox.keep('absence', { id: `d${sent}`, digest: '', events }, 0);
  };
  await send(3);
  let isOpen = true;
  const closeStore = async () => {
    if (isOpen) await store.close();
    isOpen = false;
  };
  return {
    schemas: new Map(
      Object.keys(LAYOUT.streams).map((name) => [name, layoutSchemaOf(LAYOUT, name) ?? {}]),
    ),
    open: async () =>
      new InboxSource(Object.keys(LAYOUT.streams), {
        ...testContext(folder),
        options: { key: 'id' },
        inbox: {
          after: (number) => inbox.after('absence', number),
          newest: () => inbox.newest('absence'),
          empty: (upTo) => inbox.empty('absence', upTo),
          silent: (before) => inbox.silent('absence', before),
          forget: async () => undefined,
        },
      }),
    damage: closeStore,
    enlarge: send,
    close: async () => {
      await closeStore();
      await rm(folder, { recursive: true });
    },
  };
});
