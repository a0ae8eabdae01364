import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../failure/failure.ts';
import { buildXml, parseXml } from './xml-document.ts';
import { readXmlRecords } from './xml-records.ts';

const FORMAT = { file: 'f.xml', root: 'list', records: new Set(['one']) };

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Buffer, size = 11) {
  const found = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const batch of readXmlRecords(chunksOf(bytes, size), FORMAT)) found.push(...batch);
  return found;
}

function failsWith(code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

describe('XML records', () => {
  it('are the named children of the root, with their lines', async () => {
    const records = await read('<list>\n<one><a>1</a></one>\n<two/>\n<one>\n<a>å</a></one></list>');
    assert.deepEqual(
      records.map((one) => one.children[0]?.text),
      ['1', 'å'],
    );
    assert.deepEqual(
      records.map((one) => one.line),
      [2, 4],
    );
  });

  it('are refused with document types, entities, and processing instructions', async () => {
    const unsafe = [
      '<!DOCTYPE list [<!ENTITY x "y">]><list><one>&x;</one></list>',
      '<!DOCTYPE list SYSTEM "file:///etc/passwd"><list/>',
      '<list><one>&unknown;</one></list>',
      '<list><?php evil() ?></list>',
    ];
    for (const text of unsafe) await assert.rejects(read(text), Failure, text);
  });

  it('are damaged wherever the file ends early', async () => {
    const whole = '<?xml version="1.0"?><list><one><a>1</a></one><one/></list>';
    for (let at = 22; at < whole.length; at++) {
      await assert.rejects(read(whole.slice(0, at)), failsWith('FILE_DAMAGED'), `cut at ${at}`);
    }
    assert.equal((await read(whole)).length, 2);
  });

  it('are refused below another root, too deep, or in an encoding that nobody declared', async () => {
    await assert.rejects(read('<lst><one/></lst>'), failsWith('FILE_LAYOUT'));
    const deep = `<list><one>${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}</one></list>`;
    await assert.rejects(read(deep), failsWith('FILE_UNSAFE'));
    const latin = Buffer.from('<list><one>å</one></list>', 'latin1');
    await assert.rejects(read(latin), failsWith('FILE_ENCODING'));
    const declared = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><list><one>å</one></list>',
      'latin1',
    );
    assert.equal((await read(declared))[0]?.text, 'å');
  });

  it('never end in anything but records or a failure', async () => {
    const piece = fc.constantFrom(
      '<one>',
      '</one>',
      '<',
      '>',
      '&amp;',
      '&',
      'x',
      ']]>',
      '<!--',
      '-->',
      '"',
      '\u0000',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        await read(`<list>${pieces.join('')}</list>`).catch((error: unknown) => {
          assert.ok(error instanceof Failure, String(error));
        });
      }),
    );
  });
});

describe('XML documents', () => {
  it('give back every text that was written', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      // XML 1.0 has no way to write these; parsers normalise line ends and outer blanks.
      .filter((one) => !/[^\t\x20-\ud7ff\ue000-\ufffd]/u.test(one) && one === one.trim());
    fc.assert(
      fc.property(text, (written) => {
        const xml = buildXml({ name: 'a', children: [{ name: 'b', text: written }] });
        assert.equal(parseXml(xml).children[0]?.text, written);
      }),
    );
  });

  it('are refused with document types, too large, or not well-formed', () => {
    for (const text of ['<!DOCTYPE a><a/>', '<a>', '', 'no XML', '<a/><b/>']) {
      assert.throws(() => parseXml(text), Failure, text);
    }
    assert.throws(() => parseXml(`<a>${'x'.repeat(2000)}</a>`, 1000), Failure);
  });
});
