import { tmpdir } from 'node:os';
import { testContext } from '../../test/contract/context.ts';
import {
  describeVendorFaults,
  FAULTS_OF_VERDICTS,
  PATIENCE_MS,
} from '../../test/contract/vendor-faults.contract.ts';
import { connector } from './connector.ts';
import { startItslearning } from './simulator.ts';

const SHOWABLE = { faults: [...FAULTS_OF_VERDICTS.keys()], reads: false };
describeVendorFaults('itslearning', SHOWABLE, async () => {
  const lms = await startItslearning({ user: 'hub', password: 'right' });
  const options = {
    ...{ url: lms.url, user: 'hub', password: 'right', removeSchools: false },
    ...{ requestsPerSecond: 1000, timeoutMs: PATIENCE_MS },
  };
  const sink = await connector.openSink?.(options, testContext(tmpdir()));
  if (sink?.mode !== 'operations') throw new Error('an object sink');
  return {
    sink,
    objectKind: 'person',
    object: (key, version) => ({
      ...{ syncId: key, givenName: `Kim${version}`, familyName: 'Ek', role: 'Student' },
    }),
    held: async () => [...lms.site.persons.keys()],
    show: (fault) => {
      const shown = FAULTS_OF_VERDICTS.get(fault);
      if (shown !== undefined) lms.failNext(shown);
    },
    close: () => lms.stop(),
  };
});
