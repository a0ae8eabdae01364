import assert from 'node:assert/strict';
import { closed, listening } from '../services/openid.ts';
import { type Lies, LyingProvider } from './lying-provider.ts';
import { Provided, refusalIn, sentTo } from './provided.ts';

const NOW_S = Math.floor(Date.now() / 1000);

/** Answers that look like a sign-in, and why they are none. */
const REFUSED: Readonly<Record<string, Lies>> = {
  'with the nonce of another sign-in': { claims: { nonce: 'another' } },
  'without a nonce': { claims: { nonce: undefined } },
  'for another client': { claims: { aud: 'another' } },
  'for several clients, of whom another is meant': {
    claims: { aud: ['skolnav', 'another'], azp: 'another' },
  },
  'of another issuer': { claims: { iss: 'https://another.example' } },
  'that is over': { claims: { iat: NOW_S - 7200, exp: NOW_S - 3600 } },
  'that holds from tomorrow on': { claims: { nbf: NOW_S + 86_400 } },
  'without an end': { claims: { exp: undefined } },
  'about nobody': { claims: { sub: undefined } },
  'signed by somebody else': { forged: true },
  'not signed': { header: { alg: 'none' } },
  'signed with a secret that is no secret': { header: { alg: 'HS256' } },
};

describe('an OpenID provider that lies', () => {
  let house: Provided;
  let provider: LyingProvider;

  before(async () => {
    house = await Provided.open();
    provider = await LyingProvider.open();
    await house.start(provider.origin);
  });
  after(async () => {
    await house.close();
    await provider.stop();
  });
  beforeEach(() => {
    provider.lies = {};
    provider.asked.length = 0;
  });

  async function signIn(more: Readonly<Record<string, string>> = {}): Promise<string | null> {
    const kim = house.visitor();
    await kim.read('/sign-in');
    const begun = await kim.ask('/sign-in/provider');
    if (sentTo(begun).origin !== provider.origin) return refusalIn(begun);
    const why = refusalIn(await kim.ask(provider.answerTo(sentTo(begun), more)));
    const isIn = (await kim.ask('/')).status === 200;
    assert.equal(isIn, why === null);
    return why;
  }

  it('lets in whom it tells the truth of', async () => {
    assert.equal(await signIn(), null);
  });

  for (const [name, lies] of Object.entries(REFUSED)) {
    it(`brings nobody in by a token ${name}`, async () => {
      provider.lies = lies;
      assert.equal(await signIn(), 'SIGN_IN_REFUSED');
    });
  }

  it('brings nobody in by an answer of another provider or another sign-in', async () => {
    assert.equal(await signIn({ iss: 'https://another.example' }), 'SIGN_IN_REFUSED');
    assert.equal(await signIn({ iss: '' }), 'SIGN_IN_REFUSED', 'a provider that names itself');
    assert.equal(await signIn({ state: 'another' }), 'SIGN_IN_REFUSED');
  });

  it('leads us to no other host, whatever its discovery says', async () => {
    const inner = await listening();
    inner.server.unref();
    let isAsked = false;
    inner.server.on('request', (_request, response) => {
      isAsked = true;
      response.end('{}');
    });
    for (const name of ['token_endpoint', 'jwks_uri']) {
      provider.lies = { discovery: { [name]: `${inner.origin}/inside` } };
      await house.start(provider.origin);
      assert.equal(await signIn(), 'PROVIDER_UNUSABLE', name);
    }
    provider.lies = { discovery: { token_endpoint: 'file:///etc/passwd' } };
    await house.start(provider.origin);
    assert.equal(await signIn(), 'PROVIDER_UNUSABLE');
    provider.lies = {
      token: (response) => response.writeHead(302, { location: `${inner.origin}/x` }).end(),
    };
    await house.start(provider.origin);
    assert.equal(await signIn(), 'PROVIDER_UNUSABLE', 'a redirect');
    assert.equal(isAsked, false);
    await closed(inner.server);
  });

  it('is asked at another host where config names it', async () => {
    const other = await LyingProvider.open();
    provider.lies = { discovery: { jwks_uri: `${other.origin}/keys` } };
    await house.start(provider.origin, { hosts: [other.origin] });
    assert.equal(await signIn(), null);
    assert.deepEqual(other.asked, ['/keys']);
    await other.stop();
  });

  it('is another where it names itself otherwise', async () => {
    provider.lies = { discovery: { issuer: 'https://another.example' } };
    await house.start(provider.origin);
    assert.equal(await signIn(), 'PROVIDER_UNUSABLE');
  });

  it('keeps nobody reading without end', async () => {
    provider.lies = {
      token: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = setInterval(() => response.write(' '.repeat(100_000)), 1);
        response.once('close', () => clearInterval(more));
      },
    };
    await house.start(provider.origin);
    assert.equal(await signIn(), 'PROVIDER_UNUSABLE');
    assert.match(house.lines.join(''), /more than 1 MB/);
  });
});
