import assert from 'node:assert/strict';
import type { ObjectSink, Operation } from '../../connector/sink.ts';
import { TransientFailure } from '../../failure/failure.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import type { LedgerRow, LedgerStore } from '../../store/ledger-store.ts';
import { Presence } from './presence.ts';

const SIGNAL = new AbortController().signal;
const GROUP = { references: [{ path: ['members', '[]'], kind: 'User', required: false }] };

// SAFETY: of a target and a kind nothing else is looked at.
const target = { name: 'identity:scim', kinds: [{ kind: 'User' }] } as unknown as Target;
const kind = GROUP as unknown as TargetKind;

describe('what others refer to', () => {
  /** Keys that the target was asked for, and those that it holds. */
  let asked: string[];
  let there: string[];
  let presence: Presence;
  /** How often the ledger was asked. */
  let reads: number;

  beforeEach(() => {
    [asked, reads] = [[], 0];
    there = ['a', 'b'];
    presence = open(({ key }) => there.includes(key));
  });

  function open(isThere: (held: { readonly key: string }) => boolean): Presence {
    const look: ObjectSink['isThere'] = async (_kind, held) => {
      asked.push(held.key);
      return isThere(held);
    };
    return new Presence({ mode: 'operations', isThere: look } as ObjectSink, SIGNAL);
  }
  /** Rows that an earlier run confirmed; `new` is of this one. */
  const ledger = {
    byKeys: async (_target: string, objectKind: string, keys: readonly string[]) => {
      reads += 1;
      return keys.map((key) => ({
        ...{ ref: { target: 't', objectKind, origin: { kind: 'person', id: key }, key } },
        ...{ run: key === 'new' ? 'now' : 'before', suspendedSince: null, remoteId: key },
      }));
    },
  } as unknown as LedgerStore;
  const told = (members: readonly string[], former: readonly string[] = []) => ({
    message: { run: 'now' },
    operation: {
      ...{ object: { members }, previous: { members: former }, references: idsOf(members) },
      formerReferences: idsOf(former),
    } as unknown as Operation,
  });
  const idsOf = (keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [`User/${key}`, key]));
  const keysOf = (rows: readonly LedgerRow[]) => rows.map(({ ref }) => ref.key);
  const newly = async (one: ReturnType<typeof told>) =>
    keysOf((await presence.missingBefore(target, [one], ledger)).get(one) ?? []);
  const refused = async (one: ReturnType<typeof told>) =>
    keysOf(await presence.missingAfter(target, kind, one, ledger));

  it('is looked at once before it is newly referred to, and not where this run made it', async () => {
    assert.deepEqual(await newly(told(['a', 'gone', 'new', 'old'], ['old'])), ['gone']);
    assert.deepEqual(asked, ['a', 'gone']);
    await newly(told(['a']));
    assert.deepEqual(asked, ['a', 'gone']);
  });

  it('is looked for in the ledger once for a whole batch, and not where the target cannot be asked', async () => {
    const batch = [told(['a', 'gone']), told(['b']), told(['gone', 'b']), told([])];
    const missing = await presence.missingBefore(target, batch, ledger);
    assert.deepEqual(
      batch.map((one) => keysOf(missing.get(one) ?? [])),
      [...[['gone'], [], ['gone'], []]],
    );
    assert.deepEqual([asked, reads], [['a', 'gone', 'b', 'gone'], 1]);
    presence = new Presence({ mode: 'operations' } as ObjectSink, SIGNAL);
    assert.equal((await presence.missingBefore(target, batch, ledger)).size, 0);
    assert.equal(reads, 1);
  });

  it('is looked at as a whole where the target refused what refers to it', async () => {
    assert.deepEqual(await refused(told(['a', 'old'], ['old'])), ['old']);
  });

  it('is there where the target cannot say now', async () => {
    presence = open(() => {
      throw new TransientFailure('TARGET_BUSY', 'later');
    });
    assert.deepEqual(await newly(told(['a', 'b'])), []);
  });

  it('is looked at no more after some refusals that had another reason', async () => {
    for (let at = 0; at < 5; at++) assert.deepEqual(await refused(told(['a'])), []);
    assert.deepEqual(await refused(told(['gone'])), []);
    assert.deepEqual(asked, ['a']);
  });

  it('is looked at a hundred times and no more before anything refers to it', async () => {
    there = Array.from({ length: 150 }, (_, at) => `u${at}`);
    for (const key of there) await newly(told([key]));
    assert.equal(asked.length, 100);
  });
});
