import { randomUUID } from 'node:crypto';
import { describeStore } from '../../../test/contract/store.contract.ts';
import { type MongoService, startMongod } from '../../../test/services/mongod.ts';
import { serviceOrPending } from '../../../test/services.ts';
import type { Store } from '../store.ts';
import { openMongoStore } from './mongo-store.ts';

describe('MongoDB', () => {
  let service: MongoService;
  before(async function () {
    this.timeout(180_000);
    service = serviceOrPending(this, await startMongod());
  });
  after(() => service?.stop());

  describeStore('MongoDB', async () => {
    const url = service.url(`skolnav-${randomUUID()}`);
    const opened: Store[] = [];
    const open = async () => {
      const store = await openMongoStore({ url });
      opened.push(store);
      return store;
    };
    return {
      store: await open(),
      reopen: open,
      close: async () => {
        for (const store of opened) await store.close();
      },
    };
  });
});
