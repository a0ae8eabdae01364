import assert from 'node:assert/strict';
import { ENCODINGS, type Encoding, encodeText, sentText, utf8OfSent } from './encodings.ts';
import { decodeText } from './text-decoding.ts';

const NAMES = 'id;namn\n1;Åsa Öberg\n2;Bjärn Märtå\n';

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decoded(bytes: Buffer, encoding: Encoding, size = 3): Promise<string> {
  const texts = await Array.fromAsync(decodeText(chunks(bytes, size), encoding, 'f.txt'));
  return texts.join('');
}

describe('a text in the encoding of an old system', () => {
  for (const encoding of ENCODINGS) {
    it(`is read as it was written, in ${encoding}, wherever it is cut`, async () => {
      const bytes = encodeText(NAMES, encoding);
      assert.ok(bytes !== null);
      for (const size of [1, 3, 1000]) assert.equal(await decoded(bytes, encoding, size), NAMES);
    });
  }

  it('has its bytes where the standards say', () => {
    assert.equal(encodeText('Åäö', 'cp850')?.toString('hex'), '8f8494');
    assert.equal(encodeText('Åäö', 'iso-646-se')?.toString(), ']{|');
  });

  it('of UTF-16 may begin with the mark of either end', async () => {
    const little = Buffer.from(`\uFEFF${NAMES}`, 'utf16le');
    assert.equal(await decoded(little, 'utf-16'), NAMES);
    assert.equal(await decoded(Buffer.from(little).swap16(), 'utf-16'), NAMES);
    const plain = Buffer.from(`id;${NAMES}`, 'utf16le');
    for (const bytes of [plain, Buffer.from(plain).swap16()]) {
      assert.equal(await decoded(bytes, 'utf-16'), `id;${NAMES}`, 'without a mark');
    }
    await assert.rejects(decoded(little.subarray(0, -1), 'utf-16'), { code: 'FILE_ENCODING' });
  });

  it('that was sent is the same read as it comes as it is read whole, whatever is said of it', async () => {
    for (const text of [NAMES, 'Å', 'öÅ', 'plain', '€ 😀å', '']) {
      for (const encoding of ['latin1', 'utf8'] as const) {
        const bytes = Buffer.from(text, encoding);
        const whole = sentText(bytes, 'iso-8859-1');
        for (const size of [1, 2, 3, 5, 1000]) {
          const sent = utf8OfSent(chunks(bytes, size), 'iso-8859-1');
          assert.equal(Buffer.concat(await Array.fromAsync(sent)).toString(), whole);
        }
      }
    }
  });

  it('is not written where a sign of it has no place there', () => {
    for (const [text, encoding] of [
      ['Šárka', 'iso-8859-1'],
      ['5 €', 'iso-8859-1'],
      ['a[0]', 'iso-646-se'],
      ['é', 'iso-646-se'],
      ['日', 'cp850'],
    ] as const) {
      assert.equal(encodeText(text, encoding), null, `${text} ${encoding}`);
    }
    assert.equal(encodeText('5 €', 'windows-1252')?.toString('hex'), '352080');
  });

  it('says at which byte it is none', async () => {
    const nul = Buffer.from('id;name\n1;a\0\n');
    await assert.rejects(decoded(nul, 'utf-8'), /line 2: holds a NUL, at byte 12/);
    const latin = Buffer.from('id;name\n1;Å\n', 'latin1');
    await assert.rejects(decoded(latin, 'utf-8'), /line 2: .* after byte 9/);
    await assert.rejects(decoded(latin, 'iso-646-se'), { code: 'FILE_ENCODING' });
  });
});
