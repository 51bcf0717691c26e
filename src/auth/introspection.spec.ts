import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bearer, problemOf, Revoked, StillClock } from './auth.fixture.js';
import { introspection } from './introspection.js';
import { introspectionOptions } from './introspection/options.js';

const clock = new StillClock();
let server: Server;
let asked: string[];
let answer: object;

beforeEach(async () => {
  asked = [];
  answer = { active: true, sub: '7', role: 'admin', sid: 's1', exp: clock.seconds(3_600) };
  server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
    request.on('end', () => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});
afterEach(() => { server.closeAllConnections(); server.close(); });

function partners(further: object = {}, revoked = new Revoked()) {
  const options = introspectionOptions.parse({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, clientId: 'gateway', clientSecret: 'secret', ...further });
  return introspection.create(options, { clock, random: () => 0, name: 'partners', folder: '/', resolve: <T>() => revoked as T });
}

it('is called introspection', () => expect(introspection.name).toBe('introspection'));

it('answers a remembered token without a promise, with the very same principal', async () => {
  const authenticator = partners();
  const principal = await authenticator.authenticate(bearer('opaque'));
  expect(principal).toMatchObject({ id: '7', roles: ['admin'], authenticator: 'partners', expiresAt: clock.seconds(3_600) * 1_000 });
  expect(authenticator.authenticate(bearer('opaque'))).toBe(principal);
  expect(asked).toEqual(['token=opaque&token_type_hint=access_token']);
});

it('asks again when the time to remember is over', async () => {
  const authenticator = partners({ remember: { for: '30s' } });
  await authenticator.authenticate(bearer('opaque'));
  clock.advance(30_000);
  answer = { active: false };
  expect((await problemOf(() => authenticator.authenticate(bearer('opaque')))).extras.members).toEqual({ reason: 'inactive' });
});

it('lets tokens that are made up push no other out', async () => {
  const authenticator = partners({ remember: { max: 2 } });
  const principal = await authenticator.authenticate(bearer('good'));
  answer = { active: false };
  for (let i = 0; i < 20; i++) await problemOf(() => authenticator.authenticate(bearer(`made up ${i}`)));
  expect(authenticator.authenticate(bearer('good'))).toBe(principal);
});

it('goes by what was revoked here, whatever the issuer says', async () => {
  const revoked = new Revoked();
  const authenticator = partners({}, revoked);
  await authenticator.authenticate(bearer('opaque'));
  await revoked.revoke({ kind: 'session', subject: 's1', before: 0, expiresAt: Number.POSITIVE_INFINITY });
  expect((await problemOf(() => authenticator.authenticate(bearer('opaque')))).type.code).toBe('revoked-credential');
});
