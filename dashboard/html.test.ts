import assert from 'node:assert/strict';
import { html } from './html.ts';
import { languageFor } from './language.ts';
import { count, table } from './layout.ts';

describe('a template', () => {
  it('escapes whatever is put into it, and nothing twice', () => {
    const inner = html`<b title="${'"><script>'}">${"<i>'&"}</b>`;
    const text = html`<p>${[inner, 'a<b', 7, null]}</p>`.toString();
    const expected = '<p><b title="&quot;&gt;&lt;script&gt;">&lt;i&gt;&#39;&amp;</b>a&lt;b7</p>';
    assert.equal(text, expected);
  });
});

describe('a table', () => {
  it('has the heading of numbers where they stand, at the right', () => {
    const ask = { language: languageFor('en', '', 'UTC') };
    const shown = String(table('t', ['name', 'count'], [['a', count(ask, 7)]]));
    assert.match(shown, /<th[^>]*>name<.*<th[^>]*><span class="count">count<\/span><\/th>/);
    assert.match(shown, /data-name="count"><div><span class="count">7</);
    const looksLike = html`<span class="count">of the reader's own</span>`;
    const left = String(table('t', ['text'], [[looksLike]]));
    assert.match(left, /<th[^>]*>text<\/th>/);
  });
});

describe('a language', () => {
  const zone = 'Europe/Stockholm';

  it('is the chosen one, else what the browser prefers, else Swedish', () => {
    assert.equal(languageFor('en', 'sv', zone).words.code, 'en');
    assert.equal(languageFor('', 'de-DE, en-US;q=0.8', zone).words.code, 'en');
    assert.equal(languageFor('xx', 'de', zone).words.code, 'sv');
  });

  it('writes numbers, plurals and time as it is used to', () => {
    const { words, time } = languageFor('sv', '', zone);
    const sentence = words.overview.flow('Teams', 3204, 7, 1).replaceAll(/\s/g, ' ');
    assert.equal(sentence, 'Teams: 3 204 av 3 212 levererade, 7 misslyckades, 1 väntar');
    assert.equal(words.failed.total(1), '1 meddelande väntar');
    assert.equal(time(Date.parse('2026-09-01T01:00:00Z')), '1 sep. 2026 03:00');
    const english = languageFor('en', '', zone).words;
    assert.equal(english.failed.total(2), '2 messages wait');
  });
});
