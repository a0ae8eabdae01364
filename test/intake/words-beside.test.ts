import assert from 'node:assert/strict';
import type { JsonObject } from '../../core/message/message.ts';
import { IntakeTown } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register }
fields:
  givenName: { take: name, missing: park }
  familyName: { const: Ek }
  securityMarking: { take: mark, default: Ingen }`;

describe('a word of protection that stands beside the value that is read', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', PERSON);
  });
  afterEach(() => town.close());

  it('counts, also where the record is known, and a person is asked about whom it is', async () => {
    const value = { id: 'p1', name: 'Kim' };
    const record = { operation: 'upsert' as const, value, file: 'p.xml', line: 2 };
    const night = (others: readonly JsonObject[]) =>
      town.takeFrom('register', {
        async *read() {
          const records = [others.length === 0 ? record : { ...record, others }];
          const rest = { faults: [], last: true, checkpoint: 'read' };
          yield { stream: 'person', mode: 'full' as const, records, ...rest };
        },
        close: async () => undefined,
      });
    const found = async () => {
      const holds = await town.store.runs.holds({ state: 'open' });
      const marked = (await town.persons()).filter((one) => town.isProtected(one)).length;
      return [marked, holds.map(({ reasons }) => reasons[0]?.code)];
    };
    await night([]);
    assert.deepEqual(await found(), [0, []]);
    await night([{ ...value, mark: ' Sekretessmarkering' }]);
    assert.deepEqual(await found(), [1, ['PROTECTION_RELEASE']]);
  });
});
