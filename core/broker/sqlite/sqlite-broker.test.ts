import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeBroker } from '../../../test/contract/broker.contract.ts';
import type { Broker } from '../broker.ts';
import { openSqliteBroker } from './sqlite-broker.ts';

describeBroker('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-broker-'));
  const opened: Broker[] = [];
  const open = async () => {
    const broker = await openSqliteBroker({ file: join(folder, 'skolnav.db'), pollMs: 20 });
    opened.push(broker);
    return broker;
  };
  return {
    broker: await open(),
    reopen: open,
    close: async () => {
      for (const broker of opened) await broker.close();
      await rm(folder, { recursive: true });
    },
  };
});
