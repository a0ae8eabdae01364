import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseXml } from '../../codec/xml/xml-document.ts';
import type { Failure } from '../../failure/failure.ts';
import { sharedPaces } from './rate-budget.ts';
import { openService } from './service.ts';
import { bodyOf, serveOnLoopback } from './simulated-http.ts';
import { findElement, findElements, SoapClient } from './soap-client.ts';

const ENVELOPE = (inner: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;

describe('a SOAP client', () => {
  let stop = async () => {};
  afterEach(() => stop());

  async function call(status: number, text: string, type = 'text/xml') {
    const heard: { action?: string | undefined; text: string }[] = [];
    const service = await serveOnLoopback(async (request, response) => {
      const action = request.headers['soapaction'];
      heard.push({ action: String(action), text: await bodyOf(request) });
      response.writeHead(status, { 'content-type': type }).end(text);
    });
    stop = service.stop;
    const wait = async (ms: number) => sleep(ms);
    const world = { fetch, now: Date.now, sleep: wait, paceOf: sharedPaces() };
    const client = openService({ url: service.origin }, world);
    const envelope = await new SoapClient(client, { user: 'hub', password: 'a<b' })
      .call({
        ...{ path: 'a.svc', action: 'urn:do', what: 'do it', namespaces: { m: 'urn:m' } },
        header: [{ name: 'm:id', text: '7' }],
        body: { name: 'm:doRequest', children: [{ name: 'm:x', text: 'y' }] },
        signal: new AbortController().signal,
      })
      .catch((failure: Failure) => `${failure.recovery} ${failure.code}`);
    return { envelope, heard };
  }

  it('sends login, header and body in one envelope, and answers the other one', async () => {
    const { envelope, heard } = await call(200, ENVELOPE('<r><v>1</v><v>2</v></r>'));
    assert.ok(typeof envelope !== 'string');
    assert.deepEqual(
      findElements(envelope, 'v').map(({ text }) => text),
      ['1', '2'],
    );
    const [sent] = heard;
    assert.equal(sent?.action, '"urn:do"');
    const document = parseXml(sent?.text ?? '');
    const texts = ['Username', 'Password', 'id', 'x'].map(
      (name) => findElement(document, name)?.text,
    );
    assert.deepEqual(texts, ['hub', 'a<b', '7', 'y']);
    assert.equal(document.attributes['xmlns:m'], 'urn:m');
  });

  for (const [what, status, text, type, failure] of [
    ['a web page', 200, '<html></html>', 'text/html', 'retry TARGET_ANSWER_UNREADABLE'],
    ['no XML', 200, 'sorry', 'text/plain', 'retry TARGET_ANSWER_UNREADABLE'],
    ['no XML, and an error', 503, 'sorry', 'text/plain', 'retry TARGET_BUSY'],
    ['too many requests', 429, ENVELOPE(''), 'text/xml', 'retry TARGET_BUSY'],
    [
      'a fault of its own',
      500,
      ENVELOPE('<s:Fault><faultcode>s:Server</faultcode></s:Fault>'),
      'text/xml',
      'retry TARGET_BROKEN',
    ],
    [
      'a fault about our login',
      500,
      ENVELOPE('<s:Fault><faultcode>a:InvalidSecurity</faultcode></s:Fault>'),
      'text/xml',
      'hold CREDENTIALS',
    ],
  ] as const) {
    it(`takes for no answer: ${what}`, async () => {
      assert.equal((await call(status, text, type)).envelope, failure);
    });
  }
});
