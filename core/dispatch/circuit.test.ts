import assert from 'node:assert/strict';
import type { Outcome } from '../connector/sink.ts';
import { RefusedFailure, TransientFailure } from '../failure/failure.ts';
import type { Settlement } from '../store/message-store.ts';
import { Circuit } from './circuit.ts';

const LOST: Outcome = { kind: 'failed', failure: new TransientFailure('CONNECTION_LOST', 'gone') };
const REFUSED: Outcome = { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', 'no') };
const DONE: Outcome = { kind: 'done' };

function settlement(id: string): Settlement {
  const origin = { kind: 'person', id };
  return {
    message: {
      ...{
        id,
        type: 'deliver',
        target: 't',
        objectKind: 'User',
        origin,
        key: id,
        action: 'create',
      },
      ...{
        rank: 0,
        state: 'waiting',
        attempts: 0,
        inDoubt: false,
        notBefore: 0,
        problem: null,
        run: 'r',
      },
      ...{ createdAt: 0, updatedAt: 0 },
    },
    result: { kind: 'superseded' },
  };
}

describe('the circuit of a target', () => {
  const ids = (settlements: readonly Settlement[]) => settlements.map(({ message }) => message.id);

  it('lets everything through that was answered', () => {
    const circuit = new Circuit(2);
    assert.deepEqual(ids(circuit.take([settlement('a')], [DONE])), ['a']);
    assert.deepEqual(ids(circuit.take([settlement('b')], [REFUSED])), ['b']);
    assert.equal(circuit.outage, null);
  });

  it('counts a bad object’s attempt as soon as another object is answered', () => {
    const circuit = new Circuit(2);
    assert.deepEqual(circuit.take([settlement('bad')], [LOST]), []);
    assert.deepEqual(ids(circuit.take([settlement('good')], [DONE])), ['bad', 'good']);
  });

  it('opens after too many objects without an answer, and accuses none of them', () => {
    const circuit = new Circuit(2);
    for (const id of ['a', 'b', 'c']) assert.deepEqual(circuit.take([settlement(id)], [LOST]), []);
    assert.equal(circuit.outage?.code, 'CONNECTION_LOST');
    assert.deepEqual(circuit.release(), []);
  });

  it('does not open for the same few objects again and again', () => {
    const circuit = new Circuit(2);
    for (let time = 0; time < 9; time++) circuit.take([settlement('a')], [LOST]);
    assert.equal(circuit.outage, null);
    assert.deepEqual(ids(circuit.release()), ['a']);
  });

  it('opens for the few that there are where nobody at all has answered', () => {
    const silent = new Circuit(9);
    assert.deepEqual(silent.take([settlement('a')], [LOST]), []);
    assert.deepEqual(silent.rest(), []);
    assert.equal(silent.outage?.code, 'CONNECTION_LOST');
    const failure = new TransientFailure('CERTIFICATE_UNKNOWN', 'out of date');
    const untrusted = new Circuit(9);
    untrusted.take([settlement('a')], [{ kind: 'failed', failure }]);
    assert.deepEqual([untrusted.rest(), untrusted.outage?.code], [[], 'CERTIFICATE_UNKNOWN']);
    const answered = new Circuit(9);
    answered.take([settlement('good')], [DONE]);
    answered.take([settlement('a')], [LOST]);
    assert.deepEqual(ids(answered.rest()), ['a']);
    assert.equal(answered.outage, null);
  });

  it('takes a call of which one object was answered for answered', () => {
    const circuit = new Circuit(0);
    const both = [settlement('a'), settlement('b')];
    assert.deepEqual(ids(circuit.take(both, [LOST, DONE])), ['a', 'b']);
  });
});
