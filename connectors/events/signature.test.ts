import assert from 'node:assert/strict';
import { Signatures } from './signature.ts';

/** The published example of Standard Webhooks. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const HEADERS = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const BODY = Buffer.from('{"test": 2432232314}');
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('the signature of a call', () => {
  const check = (headers: object, body = BODY, secret = SECRET, otherSecret?: string) => {
    const other = otherSecret === undefined ? {} : { otherSecret };
    const signatures = new Signatures({ secret, toleranceSeconds: 300, ...other });
    return signatures.check({ path: '', headers: { ...HEADERS, ...headers }, body });
  };
  const GOOD = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', signedAt: 1_614_265_330_000 };

  it('is good where it is that of the published example, alone or among others', () => {
    assert.deepEqual(check({}), GOOD);
    const signature = HEADERS['webhook-signature'];
    const several = { 'webhook-signature': `v1a,AAAA v1,AAAA ${signature}` };
    assert.deepEqual(check(several), GOOD);
    assert.deepEqual(check({}, BODY, OTHER, SECRET), GOOD);
  });

  it('is not good of another body, id, time or secret, or in another form', () => {
    assert.equal(check({}, Buffer.from('{"test":2432232314}')), null);
    assert.equal(check({ 'webhook-id': 'msg_other' }), null);
    assert.equal(check({ 'webhook-timestamp': '1614265331' }), null);
    assert.equal(check({}, BODY, OTHER), null);
    const [, plain = ''] = HEADERS['webhook-signature'].split(',');
    for (const form of [plain, `v2,${plain}`, `v1, ${plain}`, `v1,${plain.slice(0, -1)}`, '']) {
      assert.equal(check({ 'webhook-signature': form }), null, form);
    }
    for (const name of Object.keys(HEADERS)) assert.equal(check({ [name]: undefined }), null);
    assert.equal(check({ 'webhook-signature': [HEADERS['webhook-signature']] }), null);
  });

  it('is refused with a secret that could be guessed', () => {
    const weak = ['', 'secret', 'whsec_', 'whsec_c2VjcmV0', SECRET.slice('whsec_'.length)];
    for (const secret of weak) {
      assert.throws(() => check({}, BODY, secret), { code: 'SECRET_MISSING' }, secret);
    }
    assert.throws(() => check({}, BODY, SECRET, 'secret'), { code: 'SECRET_MISSING' });
  });
});
