import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { ObjectSink, Operation } from '../../core/plugin.ts';
import { testContext } from '../../test/contract/context.ts';
import { connector } from './connector.ts';
import { type ItslearningSimulator, startItslearning } from './simulator.ts';
import type { Verdict } from './simulator-site.ts';

const DONE: Verdict = { codeMajor: 'success', severity: 'status', codeMinor: '', text: '' };
const TOLD = 'The object did not exist and was inserted';
const PERSON = { syncId: 'a', givenName: 'Kim', familyName: 'Ek', role: 'Student' };

/** What a verdict says beyond DONE -> what becomes of the object; a failure by its code. */
const WRITES: readonly (readonly [Partial<Verdict>, string])[] = [
  [{}, 'done'],
  [{ codeMinor: 'fullsuccess' }, 'done'],
  [{ codeMinor: 'createsuccess', text: TOLD }, `done ${TOLD}`],
  [{ severity: 'warning', text: TOLD }, `done ${TOLD}`],
  [{ severity: 'warning', codeMinor: 'unknownobject', text: TOLD }, `done ${TOLD}`],
  [{ severity: 'error' }, 'TARGET_REFUSED'],
  [{ severity: 'warning', codeMinor: 'partialdatastorage' }, 'TARGET_REFUSED'],
  [{ codeMinor: 'fullsuccess incompletedata' }, 'TARGET_REFUSED'],
  [{ codeMajor: 'processing' }, 'TARGET_BUSY'],
  [{ codeMajor: 'unsupported', severity: 'error' }, 'TARGET_REFUSED'],
  [{ codeMajor: 'failure', severity: 'error' }, 'TARGET_REFUSED'],
  [{ codeMajor: 'failure', codeMinor: 'invaliddata' }, 'TARGET_REFUSED'],
  [{ codeMajor: 'failure', codeMinor: 'unknownobject' }, 'PREREQUISITE_MISSING'],
  [{ codeMajor: 'failure', codeMinor: 'targetisbusy' }, 'TARGET_BUSY'],
  [{ codeMajor: 'failure', codeMinor: 'linkfailure' }, 'TARGET_BUSY'],
];

describe('a verdict of itslearning', () => {
  let lms: ItslearningSimulator;
  let sink: ObjectSink;

  beforeEach(async () => {
    lms = await startItslearning({ user: 'hub', password: 'right' });
    const options = {
      ...{ url: lms.url, user: 'hub', password: 'right', removeSchools: false },
      ...{ requestsPerSecond: 1000, timeoutMs: 2000 },
    };
    const opened = await connector.openSink?.(options, testContext(tmpdir()));
    assert.ok(opened?.mode === 'operations');
    sink = opened;
  });
  afterEach(() => lms.stop());

  const told = async (action: Operation['action'], formerKey: string | null = null) => {
    const object = action === 'delete' ? null : PERSON;
    const about = { action, objectKind: 'person', key: 'a', formerKey, object } as const;
    const operation = { ...about, previous: null, remoteId: null, references: {} };
    const [outcome] = await sink.apply([operation], new AbortController().signal);
    if (outcome?.kind === 'failed') return outcome.failure.code;
    return [outcome?.kind, outcome?.remark ?? ''].join(' ').trim();
  };
  const say = (own: Partial<Verdict>) => {
    lms.failNext({ kind: 'verdict', verdict: { ...DONE, ...own } });
  };

  for (const [own, outcome] of WRITES) {
    const words = [own.codeMajor ?? 'success', own.severity, own.codeMinor, own.text];
    it(`to what is written, "${words.filter((one) => one !== undefined).join(', ')}": ${outcome}`, async () => {
      say(own);
      assert.equal(await told('create'), outcome);
    });
  }

  it('that something deleted was not known is no failure', async () => {
    say({ codeMajor: 'failure', severity: 'error', codeMinor: 'unknownobject' });
    assert.equal(await told('delete'), 'already itslearning does not know it');
  });

  it('on a new identifier is heard before the person is told under it', async () => {
    for (const [own, outcome] of WRITES.filter(([, one]) => /_(REFUSED|BUSY)$/.test(one))) {
      say(own);
      assert.equal(await told('rekey', 'b'), outcome);
      assert.equal(lms.site.persons.size, 0, 'the person is not told');
    }
  });

  it('on another message is not believed', async () => {
    say({ about: 'of-another-session' });
    assert.equal(await told('create'), 'TARGET_ANSWER_UNREADABLE');
  });

  it('on a new identifier that comes twice is not believed', async () => {
    lms.failNext({ kind: 'twice' });
    assert.equal(await told('rekey', 'b'), 'TARGET_ANSWER_UNREADABLE');
  });
});
