import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, isObject, type Json } from '../../core/plugin.ts';
import { patchOperations } from './patch.ts';
import { pageQuery } from './query.ts';
import { RESOURCES, type ResourceKind, toResource } from './resources.ts';

const BASE = 'https://idp.example/scim/v2';

/** Names of the attributes below which a schema has an `x-reference`. */
function referringIn(schema: Json, name = ''): readonly string[] {
  if (!isObject(schema)) return [];
  const fields = Object.entries(Object(schema['properties'] ?? {}));
  // SAFETY: a property of a JSON Schema is JSON.
  const own = fields.flatMap(([field, inner]): readonly string[] => {
    const found = referringIn(inner as Json, field);
    return found.includes('value') ? [field] : found;
  });
  if (schema['x-reference'] !== undefined) return [name];
  return [...own, ...referringIn(schema['items'] ?? null, name)];
}

describe('resources of a SCIM service', () => {
  const group: ResourceKind = RESOURCES['Group'] ?? { endpoint: '', schema: '' };
  const withMembers = (...keys: readonly string[]) => ({
    displayName: '7A',
    members: keys.map((value) => ({ value })),
  });

  for (const [name, kind] of Object.entries(RESOURCES)) {
    it(`names all that a ${name} refers to, as its schema does`, async () => {
      const file = join(import.meta.dirname, 'schemas', `${name}.json`);
      const named = referringIn(JSON.parse(await readFile(file, 'utf8')));
      assert.deepEqual(Object.keys(kind.references ?? {}).sort(), [...new Set(named)].sort());
    });
  }

  it('speaks of others by the service’s ids, and of a value that only looks like a key as it is', () => {
    const resource = toResource(group, withMembers('a'), { 'User/a': 'id-a' }, BASE);
    assert.deepEqual(resource['members'], [{ value: 'id-a' }]);
    const user: ResourceKind = RESOURCES['User'] ?? group;
    const emails = [{ value: 'a' }];
    assert.deepEqual(toResource(user, { emails }, { 'User/a': 'id-a' }, BASE)['emails'], emails);
  });

  it('never sends our own key in place of an id: it is a failure that names no key', () => {
    for (const references of [{}, { 'User/b': 'id-b' }]) {
      assert.throws(
        () => toResource(group, withMembers('secret-key'), references, BASE),
        (failure) =>
          failure instanceof Failure &&
          failure.code === 'REFERENCE_WITHOUT_ID' &&
          !failure.message.includes('secret-key'),
      );
    }
  });

  it('takes a member out by the id that the service was told, and puts the new one in', () => {
    const before = toResource(
      group,
      withMembers('a', 'b'),
      { 'User/a': 'old', 'User/b': 'id-b' },
      BASE,
    );
    const wanted = toResource(
      group,
      withMembers('a', 'b'),
      { 'User/a': 'new', 'User/b': 'id-b' },
      BASE,
    );
    assert.deepEqual(patchOperations(group, before, wanted), [
      { op: 'remove', path: 'members[value eq "old"]' },
      { op: 'add', path: 'members', value: [{ value: 'new' }] },
    ]);
  });

  it('is asked for without a plus, which some take for itself, whatever its name has in it', () => {
    const query = pageQuery(1, 100, { attribute: 'userName', value: 'åsa+1 "x"@skola.example' });
    assert.doesNotMatch(query, /\+/);
    assert.equal(
      new URLSearchParams(query).get('filter'),
      'userName eq "åsa+1 \\"x\\"@skola.example"',
    );
  });
});
