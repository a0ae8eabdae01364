import assert from 'node:assert/strict';
import { freePort } from '../services/free-port.ts';
import { type OpenIdService, startOpenId } from '../services/openid.ts';
import { answerFor, Provided, refusalIn, sentTo, signInAt } from './provided.ts';
import { PASSWORD, somebody, type Visitor } from './visitor.ts';

const HOUR_MS = 3_600_000;
const KIM = { preferred_username: 'kim.berg', groups: ['teachers', 'skolnav-all'] };
const ROBIN = { preferred_username: 'robin', groups: ['skolnav-list'] };

describe('signing in at an OpenID provider', () => {
  let house: Provided;
  let provider: OpenIdService;

  beforeEach(async () => {
    house = await Provided.open();
    provider = await startOpenId(house.address);
    provider.persons.set('kim', KIM).set('robin', ROBIN);
    provider.persons.set('sam', { preferred_username: 'sam', groups: ['teachers'] });
    await house.start(provider.issuer);
  });
  afterEach(async () => {
    await house.close();
    await provider.stop();
  });

  const signIn = (visitor: Visitor, login: string) => signInAt(provider.issuer, visitor, login);
  const statusOf = async (visitor: Visitor, path = '/') => (await visitor.ask(path)).status;

  it('lets in whom it knows by name, with the rights of their groups', async () => {
    const [kim, robin] = [house.visitor(), house.visitor()];
    const answer = await signIn(kim, 'kim');
    assert.deepEqual([answer.status, sentTo(answer).pathname], [303, '/']);
    assert.match(answer.headers.getSetCookie().join(), /HttpOnly; SameSite=Lax/);
    assert.match(await kim.read('/'), /Signed in as kim\.berg/);
    assert.equal(await statusOf(kim, '/person'), 200);
    await signIn(robin, 'robin');
    assert.deepEqual([await statusOf(robin), await statusOf(robin, '/person')], [200, 403]);
    const [last, first] = await house.audited('sign in');
    assert.deepEqual([first?.who, last?.who], ['kim.berg', 'robin']);
    assert.equal(last?.subject, 'provider list');
  });

  it('finds the groups in the ID token, too', async () => {
    const other = await startOpenId(house.address, 'id token');
    other.persons.set('kim', KIM);
    await house.start(other.issuer);
    const kim = house.visitor();
    await signInAt(other.issuer, kim, 'kim');
    assert.equal(await statusOf(kim, '/person'), 200);
    await other.stop();
  });

  it('keeps no group that gives nothing, and nothing with which one could sign in', async () => {
    const kim = house.visitor();
    const answer = await answerFor(provider.issuer, kim, 'kim');
    await kim.ask(answer);
    const kept = JSON.stringify(await house.hub.engine.store.getValue('access'));
    const code = new URLSearchParams(answer.split('?')[1]).get('code') ?? '';
    for (const one of ['teachers', code, kim.cookies.get('skolnav-session') ?? '']) {
      assert.ok(one.length > 5 && !kept.includes(one));
    }
  });

  it('asks with PKCE, state and nonce, and tells the address nothing else', async () => {
    const { searchParams } = sentTo(await house.visitor().ask('/sign-in/provider'));
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.equal(searchParams.get('scope'), 'openid profile');
    const secrets = ['code_challenge', 'state', 'nonce'];
    for (const name of secrets) assert.match(searchParams.get(name) ?? '', /^[\w.-]{40,}$/);
    const own = ['client_id', 'code_challenge_method', 'redirect_uri', 'response_type', 'scope'];
    assert.deepEqual([...searchParams.keys()].sort(), [...own, ...secrets].sort());
  });

  it('refuses whoever has no group with rights, and keeps nothing of them', async () => {
    const sam = house.visitor();
    assert.equal(refusalIn(await signIn(sam, 'sam')), 'SIGN_IN_NO_RIGHTS');
    const text = await sam.read('/sign-in?why=SIGN_IN_NO_RIGHTS');
    assert.match(text, /none of their groups has rights here/);
    assert.equal(await statusOf(sam), 303);
    const kept = JSON.stringify(await house.hub.engine.store.getValue('access'));
    assert.doesNotMatch(kept, /sam/);
  });

  it('takes the rights with the groups: at the next sign-in, from every session', async () => {
    const [first, second] = [house.visitor(), house.visitor()];
    await signIn(first, 'kim');
    provider.persons.set('kim', { ...KIM, groups: ['skolnav-list'] });
    await signIn(second, 'kim');
    assert.deepEqual([await statusOf(first), await statusOf(first, '/person')], [200, 403]);
    provider.persons.set('kim', { ...KIM, groups: [] });
    assert.equal(refusalIn(await signIn(house.visitor(), 'kim')), 'SIGN_IN_NO_RIGHTS');
    assert.deepEqual([await statusOf(first), await statusOf(second)], [303, 303]);
    assert.equal((await house.audited('rights ended'))[0]?.who, 'kim.berg');
  });

  it('ends sessions after half a day, whoever goes on reading', async () => {
    const kim = house.visitor();
    await signIn(kim, 'kim');
    for (let half = 0; half < 23; half++) {
      house.world.now += HOUR_MS / 2;
      assert.equal(await statusOf(kim), 200, `${half}`);
    }
    house.world.now += HOUR_MS;
    assert.equal(await statusOf(kim), 303);
  });

  it('goes by what config says of a group now', async () => {
    const kim = house.visitor();
    await signIn(kim, 'kim');
    await house.start(provider.issuer, { rights: { 'skolnav-all': ['list'] } });
    assert.deepEqual([await statusOf(kim), await statusOf(kim, '/person')], [200, 403]);
    await house.start(provider.issuer, { rights: { others: ['list'] } });
    assert.equal(await statusOf(kim), 403, 'no right is left');
  });

  it('gives rights to one flow where config says so, and to none that there is not', async () => {
    const rights = { teachers: ['list:lms'], 'skolnav-all': ['act:lms'] };
    await house.start(provider.issuer, { rights });
    const kim = house.visitor();
    await signIn(kim, 'kim');
    assert.deepEqual([await statusOf(kim, '/flows/lms'), await statusOf(kim)], [200, 200]);
    assert.equal(await statusOf(kim, '/flows/identity'), 404);
    await house.configure(provider.issuer, { rights: { teachers: ['list:lmz'] } });
    const lint = /CONFIG_FLOW_UNKNOWN.*lmz.*Did you mean "lms"/;
    await assert.rejects(
      house.world.withHub(async () => undefined),
      lint,
    );
  });

  it('forgets who has not come for a quarter of a year', async () => {
    await signIn(house.visitor(), 'kim');
    const names = async () => (await house.hub.control.access.accounts()).map(({ name }) => name);
    house.world.now += 89 * 24 * HOUR_MS;
    assert.deepEqual(await names(), ['kim.berg']);
    house.world.now += 2 * 24 * HOUR_MS;
    assert.deepEqual(await names(), []);
  });

  it('shows on the page of accounts whose rights come from there', async () => {
    await signIn(house.visitor(), 'robin');
    const kim = await somebody(house.hub, house.address, 'kim');
    assert.match(await kim.read('/settings'), /robin.*The rights come from the groups/s);
    const fields = [
      ['name', 'robin'],
      ['right', 'act'],
    ] as const;
    const set = await kim.send('/settings/rights', fields);
    assert.equal(sentTo(set).search, '?done=unknown');
  });

  it('signs out here, and shows the way to sign out there, which names nobody', async () => {
    const kim = house.visitor();
    await signIn(kim, 'kim');
    const twin = kim.twin();
    const out = sentTo(await kim.send('/sign-out', []));
    assert.equal(await statusOf(twin), 303, 'the session itself has ended');
    assert.match(await kim.read(out.pathname + out.search), /href="\/sign-out\/provider"/);
    const there = sentTo(await kim.ask('/sign-out/provider'));
    assert.equal(there.origin, provider.issuer);
    assert.deepEqual([...there.searchParams.keys()].sort(), [
      'client_id',
      'post_logout_redirect_uri',
    ]);
  });

  it('is the only way where config says so', async () => {
    const robin = await somebody(house.hub, house.address, 'local');
    const invitation = await house.hub.control.access.invite({ name: 'new', rights: [] }, 'test');
    await house.start(provider.issuer, {}, false);
    assert.equal(house.dashboard.firstLink, null);
    assert.equal(await statusOf(robin), 303, 'a session of before');
    assert.equal((await house.visitor().signIn('local')).status, 403);
    assert.doesNotMatch(await house.visitor().read('/sign-in'), /type="password"/);
    const set = await house.visitor().send(`/welcome/${invitation}`, [['password', PASSWORD]]);
    assert.equal(set.status, 410);
    const kim = house.visitor();
    await signIn(kim, 'kim');
    assert.equal(await statusOf(kim), 200);
  });

  it('gives nobody the name of another', async () => {
    await somebody(house.hub, house.address, 'robin');
    const stranger = house.visitor();
    assert.equal(refusalIn(await signIn(stranger, 'robin')), 'SIGN_IN_NAME');
    assert.equal(await statusOf(stranger), 303);
    await signIn(house.visitor(), 'kim');
    provider.persons.set('other', { ...ROBIN, preferred_username: 'kim.berg' });
    assert.equal(refusalIn(await signIn(house.visitor(), 'other')), 'SIGN_IN_NAME');
    provider.persons.set('kim', { ...KIM, preferred_username: 'kim.ek' });
    await signIn(house.visitor(), 'kim');
    assert.equal(refusalIn(await signIn(house.visitor(), 'other')), null, 'the name is free');
    provider.persons.set('robin', { ...ROBIN, preferred_username: 'å' });
    assert.equal(refusalIn(await signIn(stranger, 'robin')), 'SIGN_IN_NAME');
  });

  it('takes an answer once, within ten minutes, from the browser that has asked', async () => {
    const [kim, thief] = [house.visitor(), house.visitor()];
    const stolen = await answerFor(provider.issuer, kim, 'kim');
    const tried = async (visitor: Visitor, answer = stolen) => refusalIn(await visitor.ask(answer));
    await thief.read('/sign-in');
    assert.equal(await tried(thief), 'SIGN_IN_REFUSED', 'who has begun nothing');
    await thief.ask('/sign-in/provider');
    assert.equal(await tried(thief), 'SIGN_IN_REFUSED', 'with a state of their own');
    assert.equal(await tried(house.visitor()), 'SIGN_IN_REFUSED', 'without a cookie');
    const twin = kim.twin();
    assert.equal(await tried(kim), null);
    assert.equal(await tried(twin), 'SIGN_IN_REFUSED', 'again');
    const late = house.visitor();
    const answer = await answerFor(provider.issuer, late, 'kim');
    house.world.now += 11 * 60_000;
    assert.equal(await tried(late, answer), 'SIGN_IN_REFUSED', 'too late');
  });

  it('goes on where it was begun before a restart, or in another process', async () => {
    const kim = house.visitor();
    const answer = await answerFor(provider.issuer, kim, 'kim');
    await house.start(provider.issuer);
    assert.equal(refusalIn(await kim.ask(answer)), null);
    assert.equal(await statusOf(kim), 200);
  });

  it('takes no time from the future, and no state of its own making', async () => {
    const kim = house.visitor();
    const answer = await answerFor(provider.issuer, kim, 'kim');
    const [path, query] = answer.split('?');
    const asked = new URLSearchParams(query);
    const state = asked.get('state') ?? '';
    const at = Number(state.split('.')[0]);
    for (const wrong of [`${at + 60_000}`, `${at - 1}`, '1', '', 'x', '999999999999999999']) {
      asked.set('state', state.replace(String(at), wrong));
      assert.equal(refusalIn(await kim.ask(`${path}?${asked}`)), 'SIGN_IN_REFUSED', wrong);
    }
    assert.equal(refusalIn(await kim.ask(answer)), null, 'the code was not used up by them');
  });

  it('keeps no word of the provider that could be about somebody', async () => {
    const kim = house.visitor();
    const { searchParams } = sentTo(await kim.ask('/sign-in/provider'));
    const state = searchParams.get('state') ?? '';
    const said = { error: 'access_denied', error_description: 'Kim Berg', iss: provider.issuer };
    const answer = await kim.ask(`/sign-in/answer?${new URLSearchParams({ ...said, state })}`);
    const { pathname, search } = sentTo(answer);
    assert.equal(pathname + search, '/sign-in?why=SIGN_IN_REFUSED');
    assert.match(house.lines.join(''), /SIGN_IN_REFUSED.*access_denied/);
    assert.doesNotMatch(house.lines.join(''), /Berg/);
    assert.doesNotMatch(await kim.read('/sign-in?why=Kim'), /role="alert"/);
  });

  it('makes wait who begins again and again', async () => {
    const guesser = house.visitor();
    for (let at = 0; at < 5; at++) await guesser.ask('/sign-in/provider');
    assert.equal(await statusOf(guesser, '/sign-in/provider'), 429);
    assert.equal(await statusOf(house.visitor(), '/sign-in/provider'), 303, 'another browser');
  });

  it('is configured with TLS wherever something leaves this machine', async () => {
    const faults = [
      [{ issuer: 'http://login.example' }, 'would be asked without TLS'],
      [{ hosts: ['http://keys.example'] }, 'would be asked without TLS'],
      [{ address: 'http://skolnav.example' }, 'would be reached without TLS'],
      [{ clientSecret: 'in the open' }, 'clientSecret'],
      [{ rights: { all: ['everything'] } }, 'rights'],
      [{ rights: { all: ['administer:lms'] } }, 'rights'],
      [{ scopes: ['profile'] }, 'scopes'],
    ] as const;
    for (const [more, text] of faults) {
      const written = await house.configure(provider.issuer, more);
      await assert.rejects(
        house.world.withHub(async () => undefined),
        new RegExp(text),
      );
      await house.world.reconfigure(written, 'modules:');
    }
    const written = 'dashboard: { passwords: false }\nmodules:';
    await house.world.reconfigure('modules:', written);
    await assert.rejects(
      house.world.withHub(async () => undefined),
      /nobody could sign in/,
    );
  });

  it('says that the provider is out', async () => {
    await house.start(`http://127.0.0.1:${await freePort()}`);
    const kim = house.visitor();
    assert.equal(refusalIn(await kim.ask('/sign-in/provider')), 'PROVIDER_UNUSABLE');
    assert.match(house.lines.join(''), /PROVIDER_UNUSABLE.*ECONNREFUSED/);
    assert.equal(await statusOf(kim, '/sign-in'), 200);
  });
});
