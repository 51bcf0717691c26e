import { Redaction } from './redaction.js';
import { scrub } from './scrub.js';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl';

describe('Redaction.hides', () => {
  it.each([
    'authorization', 'Authorization', 'proxy-authorization', 'cookie', 'Set-Cookie', 'x-api-key', 'apikey', 'api_key', 'X-Auth-Token', 'x-auth', 'password',
    'passwd', 'user_pwd', 'passphrase', 'clientSecret', 'refresh_token', 'accessToken', 'x-csrf-token', 'x-amz-security-token', 'sessionId', 'x-signature',
    'private_key', 'credentials', 'key', 'keys', 'jwt',
  ])('hides %s', (name) => expect(new Redaction().hides(name)).toBe(true));

  it.each(['content-type', 'user-agent', 'accept', 'x-request-id', 'route', 'status', 'authenticator', 'code', 'monkey', 'author'])('shows %s', (name) => {
    expect(new Redaction().hides(name)).toBe(false);
  });

  it('hides what the file names, in any case', () => {
    const redaction = new Redaction(['X-Tenant']);
    expect([redaction.hides('x-tenant'), redaction.hides('X-TENANT'), redaction.hides('x-tenants')]).toEqual([true, true, false]);
  });
});

describe('Redaction.query', () => {
  it.each([
    ['', ''],
    ['?', '?'],
    ['?page=2&sort=name', '?page=2&sort=name'],
    ['?flag&page=2', '?flag&page=2'],
    ['?token=abc&page=2', '?token=[redacted]&page=2'],
    ['?page=2&ACCESS_TOKEN=abc', '?page=2&ACCESS_TOKEN=[redacted]'],
    ['?%74oken=abc', '?%74oken=[redacted]'],
    ['?user[password]=abc', '?user[password]=[redacted]'],
    ['?code=4%2F0Ab&state=xyz', '?code=[redacted]&state=[redacted]'],
    ['?password=a=b', '?password=[redacted]'],
    [`?next=${JWT}`, '?next=[redacted]'],
    [`?next=/x?t=${JWT}`, '?next=[redacted]'],
    [`?next=${JWT.replaceAll('.', '%2E')}`, '?next=[redacted]'],
    [`?${JWT}`, '?[redacted]'],
    [`?${JWT}=1`, '?=[redacted]'],
    ['?auth_header=Bearer+abc', '?auth_header=[redacted]'],
    ['?bad=%E0%A4%A&tenant=a', '?bad=%E0%A4%A&tenant=[redacted]'],
  ])('%s is logged as %s', (query, expected) => expect(new Redaction(['tenant']).query(query)).toBe(expected));
});

describe('scrub', () => {
  it.each([
    [`token ${JWT} refused`, 'token [redacted] refused'],
    ['sent Authorization: Bearer abcdef0123', 'sent Authorization: [redacted]'],
    ['used Bearer abcdef0123 here', 'used Bearer [redacted] here'],
    ['used Bearer abcdefghijklmnopqrst here', 'used Bearer [redacted] here'],
    ['Cookie: sid=1; other=2\nnext line', 'Cookie: [redacted]\nnext line'],
    ['{"password":"hunter2","a":1}', '{"password":"[redacted]","a":1}'],
    ['{\\"password\\": \\"hunter2\\"}', '{\\"password\\": \\"[redacted]\\"}'],
    ['GET /x?api_key=hunter2&b=1', 'GET /x?api_key=[redacted]&b=1'],
    ['connect redis://user:hunter2@cache:6379', 'connect redis://[redacted]@cache:6379'],
    ['Basic usage of the bearer scheme', 'Basic usage of the bearer scheme'],
    ['connect ECONNREFUSED 127.0.0.1:8001', 'connect ECONNREFUSED 127.0.0.1:8001'],
    ['at Object.token (file.ts:3:1)', 'at Object.token (file.ts:3:1)'],
  ])('%j becomes %j', (text, expected) => expect(scrub(text)).toBe(expected));
});
