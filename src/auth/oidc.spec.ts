import { exchangeWith, Revoked, StillClock } from './auth.fixture.js';
import { oidc } from './oidc.js';
import { oidcOptions } from './oidc/options.js';

const SECRET = 'a secret for cookies that is long enough';
const PAGE = [['Sec-Fetch-Mode', 'navigate']] as const;

function people(further: object = {}) {
  const options = oidcOptions.parse({ issuer: 'https://issuer.example.com', clientId: 'app', cookie: { secret: SECRET }, ...further });
  return oidc.create(options, { clock: new StillClock(), random: () => 0, name: 'people', folder: '/', resolve: <T>() => new Revoked() as T }) as ReturnType<typeof oidc.create> & { mounts: Record<string, string>; invite(exchange: ReturnType<typeof exchangeWith>): { status: number; extras: { headers?: unknown } } | null };
}

it('is called oidc', () => expect(oidc.name).toBe('oidc'));

it.each([['no cookie', []], ['cookies of others', [['Cookie', 'a=b; sessions=1~x']]], ['half a session', [['Cookie', 'session=2~x']]]] as const)('leaves %s to others', (_what, fields) => {
  expect(people().authenticate(exchangeWith(fields))).toBeNull();
});

it('finds nobody in what it did not encrypt', async () => {
  expect(await people().authenticate(exchangeWith([['Cookie', 'session=1~x.y.z.a.b']]))).toBeNull();
});

it.each([
  ['a page, where it may', { redirect: 'on' }, PAGE, 302],
  ['a page, where it may not', {}, PAGE, null],
  ['a script', { redirect: 'on' }, [['Sec-Fetch-Mode', 'cors'], ['Accept', 'text/html']], null],
  ['an older browser', { redirect: 'on' }, [['Accept', 'text/html, */*']], 302],
  ['a program', { redirect: 'on' }, [['Accept', '*/*']], null],
] as const)('invites %s', (_who, options, fields, status) => {
  const authenticator = people(options);
  authenticator.mounts['login'] = '/auth/login';
  expect(authenticator.invite(exchangeWith(fields))?.status ?? null).toBe(status);
});

it('invites nobody where there is no login', () => {
  expect(people({ redirect: 'on' }).invite(exchangeWith(PAGE))).toBeNull();
});

it('takes its cookies out of the request, whatever their form', () => {
  const exchange = exchangeWith([['Cookie', 'a=b; session=1~x; session.1=y; __Host-session=z; session.login=q; sessions=c; session.x=d']]);
  people().scrub?.(exchange);
  expect(exchange.headers.cookie).toBe('a=b; sessions=c; session.x=d');
  expect(exchange.rawHeaders).toEqual(['Cookie', 'a=b; sessions=c; session.x=d']);
});

it('leaves no empty field behind', () => {
  const exchange = exchangeWith([['Cookie', 'session=1~x']]);
  people().scrub?.(exchange);
  expect([exchange.headers.cookie, exchange.rawHeaders]).toEqual([undefined, []]);
});
