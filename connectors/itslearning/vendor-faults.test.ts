import { tmpdir } from 'node:os';
import { testContext } from '../../test/contract/context.ts';
import {
  describeVendorFaults,
  PATIENCE_MS,
  SILENCE_MS,
  type VendorFault,
} from '../../test/contract/vendor-faults.contract.ts';
import { connector } from './connector.ts';
import { type SimulatedFault, startItslearning } from './simulator.ts';

const HOUR = 3_600_000;
/** Verdicts have no ids and come in one answer, logins no token: the rest cannot be shown. */
const FAULTS = new Map<VendorFault, SimulatedFault>([
  ['busy', { kind: 'busy', retryAfter: 1 }],
  ['busy-ahead', { kind: 'busy', retryAfter: 1, clockAheadMs: HOUR }],
  ['busy-behind', { kind: 'busy', retryAfter: 1, clockAheadMs: -HOUR }],
  ['broken-after-commit', { kind: 'error-after' }],
  ['silent-after-commit', { kind: 'slow', ms: SILENCE_MS }],
  ['half-a-page', { kind: 'half' }],
  ['page-twice', { kind: 'twice' }],
  ['slow-drip', { kind: 'drip' }],
  ['drifted-name', { kind: 'drifted-name' }],
  ['more-fields', { kind: 'more-fields' }],
  ['web-page', { kind: 'html' }],
]);

const SHOWABLE = { faults: [...FAULTS.keys()], reads: false };
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
      const shown = FAULTS.get(fault);
      if (shown !== undefined) lms.failNext(shown);
    },
    close: () => lms.stop(),
  };
});
