import assert from 'node:assert/strict';
import type { Operation } from '../../core/plugin.ts';
import type { WrittenOperation } from './documents.ts';
import type { ImportReport, Note } from './import-report.ts';
import { notesOf, outcomeOf } from './verdicts.ts';

const PERSON = { id: 'p-one', fullName: 'Kim Lindqvist', familyName: 'Lindqvist' };

function operation(action: Operation['action'] = 'create'): Operation {
  const object = action === 'delete' ? null : PERSON;
  const about = { action, objectKind: 'person', key: 'p-one', formerKey: null, object };
  return { ...about, previous: PERSON, remoteId: null, references: {} };
}

function note(more: Partial<Note>): Note {
  return { severity: 'error', element: 'person', id: 'p-one', code: '', text: '', ...more };
}

function report(records: number, ...notes: readonly Note[]): ImportReport {
  return { file: 'a.xml', records, isRefused: false, isSkipped: false, notes };
}

const WRITTEN: readonly WrittenOperation[] = [{ operation: operation(), id: 'p-one', row: '' }];

describe('what a report says of an object', () => {
  it('is done where it says nothing, and done with a remark where it warns', () => {
    assert.deepEqual(outcomeOf(operation(), undefined), { kind: 'done' });
    const warned = outcomeOf(operation(), note({ severity: 'warning', text: 'Lindqvist was cut' }));
    assert.deepEqual(warned, { kind: 'done', remark: '*** was cut' });
  });

  it('is a failure that quotes nothing of it, wherever in the report that stands', () => {
    for (const said of [note({ text: 'no LINDQVIST here' }), note({ code: 'LINDQVIST' })]) {
      const outcome = outcomeOf(operation(), said);
      assert.ok(outcome.kind === 'failed' && outcome.prerequisite !== true);
      assert.doesNotMatch(outcome.failure.message, /lindqvist/i);
    }
  });

  it('is no failure where what is to go is not known', () => {
    assert.equal(outcomeOf(operation('delete'), note({ code: 'UNKNOWN' })).kind, 'already');
  });

  it('counts an error more than a warning of the same object', () => {
    const both = [note({ text: 'no' }), note({ severity: 'warning' })];
    assert.equal(notesOf(report(1, ...both), 'person', WRITTEN)?.get('p-one')?.severity, 'error');
    const turned = report(1, ...both.toReversed());
    assert.equal(notesOf(turned, 'person', WRITTEN)?.get('p-one')?.severity, 'error');
  });

  it('is not believed where it counts otherwise, or names what was not handed over', () => {
    assert.equal(notesOf(report(2), 'person', WRITTEN), null);
    assert.equal(notesOf({ ...report(1), records: null }, 'person', WRITTEN), null);
    assert.equal(notesOf(report(1, note({ id: 'p-two' })), 'person', WRITTEN), null);
    assert.equal(notesOf(report(1, note({ element: 'group' })), 'person', WRITTEN), null);
  });
});
