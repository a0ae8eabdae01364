import { tmpdir } from 'node:os';
import type { ObjectSink } from '../../core/plugin.ts';
import { testContext } from '../../test/contract/context.ts';
import { describeObjectSink } from '../../test/contract/object-sink.contract.ts';
import { connector } from './connector.ts';
import { startItslearning } from './simulator.ts';
import type { Verdict } from './simulator-site.ts';

/** A word of IMS for what was stored in part only. */
const PARTLY: Verdict = {
  ...{ codeMajor: 'success', severity: 'warning', codeMinor: 'partialdatastorage' },
  text: 'Kim2 was cut',
};

describeObjectSink('itslearning', async () => {
  const lms = await startItslearning({ user: 'hub', password: 'right' });
  const open = async (password: string): Promise<ObjectSink> => {
    const options = {
      ...{ url: lms.url, user: 'hub', password, removeSchools: false },
      ...{ requestsPerSecond: 1000, timeoutMs: 2000 },
    };
    const sink = await connector.openSink?.(options, testContext(tmpdir()));
    if (sink?.mode !== 'operations') throw new Error('an object sink');
    return sink;
  };
  return {
    sink: await open('right'),
    objectKind: 'person',
    object: (key, version) => ({
      ...{ syncId: key, givenName: `Kim${version}`, familyName: 'Ek', role: 'Student' },
    }),
    // A person without a first name: the service declines it.
    refused: (key, secret) => ({ syncId: key, givenName: '', familyName: secret, role: 'Student' }),
    held: async () =>
      [...lms.site.persons].flatMap(([id, person]) =>
        person.inTrash ? [] : [`${id} ${JSON.stringify(person)}`],
      ),
    // A guardian's children.
    lists: {
      objectKind: 'person',
      object: (key, children) => ({
        ...{ syncId: key, givenName: 'Bo', familyName: 'Ek', role: 'Carer', children },
      }),
      held: async () => [...(lms.site.persons.get('list')?.children ?? [])].sort(),
    },
    loseNextAnswer: () => lms.failNext({ kind: 'error-after' }),
    takeLess: () => lms.failNext({ kind: 'verdict', verdict: PARTLY }),
    refuseCallsWith: (id) => lms.failNext({ kind: 'refuses', id }),
    withWrongSecret: () => open('wrong'),
    close: () => lms.stop(),
  };
});
