import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { bodyOf, type Failure, type Operation, serveOnLoopback } from '../../core/plugin.ts';
import { openScim, scimUser } from '../../test/contract/scim-sink.ts';
import type { Options } from './connector.ts';

const SIGNAL = new AbortController().signal;
const CREATE: Operation = {
  ...{ action: 'create', objectKind: 'User', key: 'a', formerKey: null },
  ...{ object: scimUser('a', 1), previous: null, remoteId: null, references: {} },
};

describe('the login at a SCIM service', () => {
  let stop = async () => {};
  afterEach(() => stop());

  /** What a service hears that has a token service of such manners. */
  async function heard(
    takes: (request: IncomingMessage, form: URLSearchParams) => boolean,
    options: Partial<Options>,
  ) {
    const service = await serveOnLoopback(async (request, response) => {
      const text = await bodyOf(request);
      const { url = '', headers, method } = request;
      const say = (status: number, body: object) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify(body));
      if (url === '/token') {
        requests.push(headers.authorization === undefined ? 'form' : 'header');
        const isTaken = takes(request, new URLSearchParams(text));
        say(isTaken ? 200 : 401, isTaken ? { access_token: 't' } : { error: 'invalid_client' });
        return;
      }
      requests.push(`${headers.authorization ?? ''} ${headers['x-api-key'] ?? ''}`.trim());
      if (url.endsWith('ServiceProviderConfig')) return void say(404, {});
      if (method === 'GET') return void say(200, { totalResults: 0 });
      say(201, { ...JSON.parse(text), id: '1' });
    });
    const requests: string[] = [];
    stop = service.stop;
    const { oauth, ...rest } = options;
    const tokenUrl = `${service.origin}/token`;
    const login = oauth === undefined ? {} : { oauth: { ...oauth, tokenUrl } };
    const sink = await openScim(`${service.origin}/scim`, { ...rest, ...login });
    const outcome = await sink.apply([CREATE], SIGNAL).catch((failure: Failure) => failure.code);
    return { requests, outcome: typeof outcome === 'string' ? outcome : outcome[0]?.kind };
  }

  const oauth = { tokenUrl: '', clientId: 'hub', clientSecret: 's:cret' };
  const basic = `Basic ${Buffer.from('hub:s%3Acret').toString('base64')}`;
  const byHeader = ({ headers }: IncomingMessage) => headers.authorization === basic;
  const byForm = (_request: IncomingMessage, form: URLSearchParams) =>
    form.get('client_secret') === oauth.clientSecret;

  it('gives the secret in the header where a token service refuses it in the form', async () => {
    const { requests, outcome } = await heard(byHeader, { oauth });
    assert.deepEqual(requests, ['form', 'header', ...Array(3).fill('Bearer t')]);
    assert.equal(outcome, 'done');
  });

  for (const secretIn of ['body', 'header'] as const) {
    it(`gives the secret where the binding says, and nowhere else: ${secretIn}`, async () => {
      const right = secretIn === 'body' ? byForm : byHeader;
      const taken = await heard(right, { oauth: { ...oauth, secretIn } });
      assert.equal(taken.outcome, 'done');
      await stop();
      const wrong = secretIn === 'body' ? byHeader : byForm;
      const refused = await heard(wrong, { oauth: { ...oauth, secretIn } });
      assert.deepEqual([refused.requests.length, refused.outcome], [1, 'CREDENTIALS']);
    });
  }

  it('is an API key in a header of one’s own', async () => {
    const { requests } = await heard(() => false, { headers: { 'X-API-Key': 'key' } });
    assert.deepEqual(new Set(requests), new Set(['key']));
  });
});
