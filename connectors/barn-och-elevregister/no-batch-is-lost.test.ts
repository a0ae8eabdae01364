import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RegisterNights } from '../../test/contract/register-nights.ts';

describe('a batch of the register', () => {
  it('is read, is within a full one that was, or is named, whatever comes when', async () => {
    const sent = fc.record({
      isFull: fc.boolean(),
      day: fc.integer({ min: 1, max: 6 }),
      hour: fc.integer({ min: 2, max: 23 }),
      named: fc.constantFrom('', '', '', '2026-07', '2027-09', '2026-10'),
      night: fc.integer({ min: 1, max: 5 }),
    });
    const seen = { read: 0, named: 0 };
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(sent, { minLength: 1, maxLength: 7 }), async (batches) => {
        const nights = await RegisterNights.open();
        await nights.send('ber-20260831', '2026-08-31T02:00');
        const madeOf = new Map([['ber-20260831', '2026-08-31T02:00']]);
        const read = [...(await nights.night('2026-09-01T01:00')).read];
        for (let day = 1; day <= 5; day++) {
          for (const one of batches.filter((batch) => batch.night === day)) {
            const made = `2026-09-0${one.day}T${two(one.isFull ? 2 : one.hour)}:00`;
            const month = one.named === '' ? '2026-09' : one.named;
            const digits = `${month}-0${one.day}`.replaceAll('-', '');
            const name = one.isFull ? `ber-${digits}` : `ber-${digits}T${two(one.hour)}00-delta`;
            if (madeOf.has(name)) continue;
            madeOf.set(name, made);
            await nights.send(name, made, {
              rows: { konto: [one.isFull ? `${name};a;;Elev` : `1;${name};a;;Elev`] },
            });
          }
          const { read: these, failure, unread } = await nights.night(`2026-09-0${day}T23:30`);
          read.push(...these);
          const lying = new Set(await nights.left());
          const said = [...unread, failure ?? ''].join('\n');
          for (const [name, made] of madeOf) {
            const isWithin = read.some(
              (one) => !one.endsWith('-delta') && (madeOf.get(one) ?? '') >= made,
            );
            const isDone = read.includes(name) || isWithin;
            if (lying.has(`${name}.done`))
              assert.ok(said.includes(name), `${name} is left and told`);
            else assert.ok(isDone, `${name} is not there and was read`);
            seen.named += lying.has(`${name}.done`) ? 1 : 0;
          }
        }
        assert.equal(new Set(read).size, read.length, 'none is read twice');
        seen.read += read.length;
        await nights.close();
      }),
      { numRuns: 25 },
    );
    assert.ok(seen.read > 25 && seen.named > 6, JSON.stringify(seen));
  });
});

function two(number: number): string {
  return String(number).padStart(2, '0');
}
