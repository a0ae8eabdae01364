import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { testContext } from '../../test/contract/context.ts';
import { connector } from './connector.ts';
import { publish } from './simulator.ts';

const id = (name: string) => `<sourcedid><id>${name}</id></sourcedid>`;
const group = (name: string, type: string, more = '') =>
  `<group>${id(name)}<grouptype><typevalue>${type}</typevalue></grouptype>` +
  `<description><short>${name}</short></description><extension>${more}</extension></group>`;
const member = (person: string) =>
  `<member>${id(person)}<role roletype="Student">` +
  '<timeframe><begin>2026-08-18</begin></timeframe></role></member>';

/** A unit of ours, an independent one, and a class: what a membership means is theirs to say. */
const ELEMENTS = [
  ...['p1', 'p2'].map(
    (one) => `<person>${id(one)}<name><n><family>Ek</family><given>Kim</given></n></name></person>`,
  ),
  group('u1', 'Unit', '<governedby>Municipal</governedby>'),
  group('u2', 'Unit', '<governedby>Independent</governedby>'),
  group('c1', 'Class'),
  ...['u1', 'u2', 'c1', 'u9'].map((one, at) => {
    return `<membership>${id(one)}${member(at % 2 === 0 ? 'p1' : 'p2')}</membership>`;
  }),
];

describe("the order of the register's elements", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-register-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What the source reads of a batch, without places, in an order of its own. */
  async function read(elements: readonly string[]): Promise<readonly string[]> {
    const batch = { name: 'ber-20260901', datetime: '2026-09-01T02:00:00+02:00', elements };
    await publish(folder, batch);
    const context = testContext(folder);
    const source = await connector.openSource?.({ files: { folder }, archive: false }, context);
    const found: string[] = [];
    for await (const batch of source?.read(null, new AbortController().signal) ?? []) {
      found.push(...batch.records.map(({ value }) => JSON.stringify([batch.stream, value])));
    }
    await source?.close();
    return found.sort();
  }

  it('says nothing: a membership means what its group says, wherever that stands', async () => {
    const inOrder = await read(ELEMENTS);
    assert.ok(inOrder.some((one) => /enrolment.*Independent/.test(one)));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(ELEMENTS, { minLength: 9 }), async (shuffled) => {
        assert.deepEqual(await read(shuffled), inOrder);
      }),
      { numRuns: 40 },
    );
  });
});
