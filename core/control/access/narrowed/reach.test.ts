import assert from 'node:assert/strict';
import { type Grant, grantsIn } from '../rights.ts';
import { aboutTarget, Reach } from './reach.ts';

const FLOWS = [
  { name: 'lms', from: ['register', 'portal'], to: 'lms' },
  { name: 'mail', from: ['register'], to: 'office' },
];
const reachOf = (...rights: readonly Grant[]) => new Reach(rights, FLOWS);

describe('how far rights go', () => {
  it('is everywhere for all flows, also to what is about none', () => {
    const reach = reachOf('list', 'act');
    for (const subject of ['flow mail', 'intake other', 'canonical person', '']) {
      assert.ok(reach.may('list', subject) && reach.may('act', subject), subject);
    }
    assert.equal(reach.may('contents', 'flow mail'), false);
  });

  it('is a flow with its target, and the sources that it reads', () => {
    const reach = reachOf('list:mail');
    const seen = ['flow mail', 'target office:graph', 'intake register', 'module office'];
    const unseen = ['flow lms', 'target lms:scim', 'intake portal', 'identity x', 'flow', ''];
    assert.deepEqual(
      seen.filter((one) => reach.may('list', one)),
      seen,
    );
    assert.deepEqual(
      unseen.filter((one) => reach.may('list', one)),
      [],
    );
    assert.equal(reach.may('act', 'flow mail'), false);
  });

  it('takes every flow that reads a source for what is done there', () => {
    assert.equal(reachOf('act:mail').may('act', 'intake register'), false);
    assert.equal(reachOf('act:mail', 'act:lms').may('act', 'intake register'), true);
    assert.equal(reachOf('act:lms').may('act', 'intake portal'), true);
    assert.equal(reachOf('act:lms').may('act', 'module register'), true, 'asked, not changed');
  });

  it('gives no right to a module that no flow has any more', () => {
    assert.equal(reachOf('list:lms').may('list', 'target gone:scim'), false);
    assert.equal(reachOf('list:gone').may('list', 'flow gone'), false);
  });

  it('is never of one flow for what is about persons and accounts everywhere', () => {
    const reach = reachOf('administer');
    assert.ok(reach.may('administer', 'flow lms') && !reach.may('protected', 'flow lms'));
  });

  it('tells targets from sources by their names', () => {
    assert.equal(aboutTarget('lms:scim'), 'target lms:scim');
    assert.equal(aboutTarget('register'), 'intake register');
  });
});

describe('rights as they are written', () => {
  it('are known, of flows that there are, and said once', () => {
    const flows = ['lms', 'mail'];
    assert.deepEqual(grantsIn(['list', 'list:lms', 'act:mail'], flows), ['list', 'act:mail']);
    for (const wrong of ['all', 'act:other', 'administer:lms', 'act:', 'act:lms:x', '']) {
      assert.equal(grantsIn(['list', wrong], flows), null, wrong);
    }
  });
});
