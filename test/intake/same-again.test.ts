import assert from 'node:assert/strict';
import { TransientFailure } from '../../core/failure/failure.ts';
import { IntakeTown } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id }
fields: { givenName: { take: name }, familyName: { const: Ek } }`;

describe('a source that is what was read before', () => {
  let town: IntakeTown;
  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', PERSON);
  });
  afterEach(() => town.close());

  const night = async (...names: readonly string[]) => {
    const told = names.map((name) => ({ id: name, name }));
    const { outcome, counts } = await town.take('register', 'full', 'person', told);
    return [outcome, counts['records'], counts['same'] ?? 0];
  };

  it('is not read again', async () => {
    assert.deepEqual(await night('Kim', 'Bo'), ['done', 2, 0]);
    town.isUnchanged = true;
    assert.deepEqual(await night('Kim', 'Bo'), ['done', 0, 1]);
  });

  it('is read all the same where the run that read it did not come to its end', async () => {
    await night('Kim', 'Bo');
    town.accepted = async () => {
      throw new TransientFailure('CONNECTION_LOST', 'the archive is away');
    };
    assert.deepEqual(await night('Kim', 'Bo', 'Ali'), ['failed', 3, 0]);
    town.accepted = async () => {};
    town.isUnchanged = true;
    assert.deepEqual(await night('Kim', 'Bo', 'Ali'), ['done', 3, 0]);
    assert.deepEqual(await night('Kim', 'Bo', 'Ali'), ['done', 0, 1]);
  });
});
