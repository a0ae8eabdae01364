import assert from 'node:assert/strict';
import { Failure } from '../failure/failure.ts';
import type { Json } from '../message/message.ts';
import { type Form, knownForm, raiseForm } from './form.ts';

const OWN: Form = { state: 1, kinds: { person: 1, programme: 2 } };

describe('the form of what is stored', () => {
  let kept: Map<string, Json>;
  const store = {
    getValue: async (name: string) => kept.get(name) ?? null,
    putValue: async (name: string, value: Json) => void kept.set(name, value),
  };
  beforeEach(() => {
    kept = new Map();
  });
  const isNewer = (error: unknown) => error instanceof Failure && error.code === 'STORE_NEWER';

  it('is the first where an older version has noted none', async () => {
    assert.equal((await knownForm(store, OWN)).state, 1);
  });

  it('is known to the same version, and to a newer one', async () => {
    await raiseForm(store, OWN);
    await knownForm(store, OWN);
    await knownForm(store, { state: 1, kinds: { person: 2, programme: 2 } });
  });

  it('is refused by a version that reads less of it, and nothing is noted then', async () => {
    await raiseForm(store, { ...OWN, state: 2 });
    const noted = kept.get('form');
    await assert.rejects(knownForm(store, OWN), isNewer);
    await assert.rejects(raiseForm(store, OWN), isNewer);
    assert.equal(kept.get('form'), noted);
  });

  it('is refused where entities of one kind have been migrated, and names the kind', async () => {
    await raiseForm(store, { state: 1, kinds: { person: 1, programme: 3 } });
    await assert.rejects(knownForm(store, OWN), /version 3 of programme.*knows 2/);
  });

  it('asks nobody to know a kind that only other workspace files have', async () => {
    await raiseForm(store, { state: 1, kinds: { ...OWN.kinds, locker: 4 } });
    await raiseForm(store, OWN);
    await assert.rejects(knownForm(store, { state: 1, kinds: { locker: 3 } }), isNewer);
  });
});
