import assert from 'node:assert/strict';
import { Failure, type ObjectSink } from '../../core/plugin.ts';
import { openScim, scimUser } from '../../test/contract/scim-sink.ts';
import {
  describeVendorFaults,
  PATIENCE_MS,
  SILENCE_MS,
  VENDOR_FAULT_NAMES,
  type VendorFault,
} from '../../test/contract/vendor-faults.contract.ts';
import { type ScimSimulator, type SimulatedFault, startScim } from './simulator.ts';

const HOUR = 3_600_000;
const FAULTS: Readonly<Record<VendorFault, SimulatedFault>> = {
  busy: { kind: 'busy', retryAfter: 1 },
  'busy-ahead': { kind: 'busy', retryAfter: 1, clockAheadMs: HOUR },
  'busy-behind': { kind: 'busy', retryAfter: 1, clockAheadMs: -HOUR },
  'broken-after-commit': { kind: 'error-after' },
  'silent-after-commit': { kind: 'slow', ms: SILENCE_MS },
  'half-a-page': { kind: 'half-page' },
  'page-twice': { kind: 'page-twice' },
  'reordered-pages': { kind: 'reordered' },
  'slow-drip': { kind: 'drip' },
  'expired-token': { kind: 'expired' },
  'drifted-id': { kind: 'drifted-id' },
  'drifted-name': { kind: 'drifted-name' },
  'more-fields': { kind: 'more-fields' },
  'web-page': { kind: 'html' },
};

const openSink = ({ url, tokenUrl }: ScimSimulator, clientSecret: string): Promise<ObjectSink> =>
  openScim(url, { oauth: { tokenUrl, clientId: 'hub', clientSecret }, timeoutMs: PATIENCE_MS });

const SHOWABLE = { faults: VENDOR_FAULT_NAMES, reads: true };
describeVendorFaults('SCIM', SHOWABLE, async () => {
  const service = await startScim({ token: 'right', etag: false });
  return {
    sink: await openSink(service, 'right'),
    objectKind: 'User',
    object: scimUser,
    held: async () => [...service.directory.of('Users').values()].map((one) => one.id),
    show: (fault) => service.failNext(FAULTS[fault]),
    close: () => service.stop(),
  };
});

describe('a SCIM service whose token service refuses us after a while', () => {
  it('holds the target, having asked for one new token', async () => {
    const service = await startScim({ token: 'right' });
    const sink = await openSink(service, 'right');
    const wrong = await openSink(service, 'wrong');
    const create = (one: ObjectSink) =>
      one.apply(
        [
          {
            ...{ action: 'create', objectKind: 'User', key: 'a', formerKey: null },
            ...{ object: scimUser('a', 1), previous: null, remoteId: null, references: {} },
          },
        ],
        new AbortController().signal,
      );
    const holds = (error: unknown) =>
      error instanceof Failure && error.recovery === 'hold' && error.code === 'CREDENTIALS';
    await create(sink);
    // Every new token is refused as well: its owner has taken our rights away.
    const before = service.calls();
    service.failNext(...Array.from({ length: 9 }, () => ({ kind: 'expired' }) as const));
    await assert.rejects(create(sink), holds);
    assert.equal(service.calls() - before, 3, 'refused, renewed, refused');
    await assert.rejects(create(wrong), holds);
    await service.stop();
  });
});
