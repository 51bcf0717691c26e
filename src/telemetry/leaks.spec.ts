import { events, Problem, problems, Secret, type Exchange, type Target } from '#libs/kernel';
import { clock, exchange, lineOf, PLAIN, principal, route, target } from './line.fixture.js';
import { debugHeader } from './debug-header.js';
import type { LineConfig } from './line-config.js';
import { LogShape } from './log-shape.js';
import { createLogger, type Logger } from './logger.js';
import { ProblemLog } from './problem-log.js';
import { RequestDebug } from './request-debug.js';

const SECRET = 'hunter2hunter2';
const JWT = `eyJhbGciOiJIUzI1NiJ9.${SECRET}.c2lnbmF0dXJl`;
const KEY = new Secret('0123456789abcdef0123456789abcdef');
const SIGNED = debugHeader(KEY, clock.now() + 60_000, {});
/** As bad as a file can make it: everything is to be logged. */
const WORST: Partial<LineConfig> = { query: true, redact: ['X-Tenant', 'invite'], headers: ['Authorization', 'Cookie', 'X-Tenant', 'Referer', 'X-Passerelle-Debug', 'X-Other'], patterns: ['/reset/:token', '/join/:invite/x', '/verify/:code', '/users/:id'] };

const refused = (detail: string, cause?: unknown): Partial<Exchange> => ({ status: 502, problem: new Problem(problems.targetUnreachable, detail, cause === undefined ? {} : { cause }) });

const ATTACKS: readonly [string, Parameters<typeof exchange>[0], Partial<Exchange>][] = [
  ['a token in the query', { query: `?token=${SECRET}` }, {}],
  ['under a name that is encoded', { query: `?%74oken=${SECRET}` }, {}],
  ['a name of the file in the query', { query: `?invite=${SECRET}` }, {}],
  ['a code of OAuth', { query: `?code=${SECRET}&state=${SECRET}` }, {}],
  ['a token in the path', { path: `/x/${JWT}/y` }, {}],
  ['a parameter of the path', { path: `/reset/${SECRET}` }, { params: { token: SECRET } }],
  ['a code in the path', { path: `/verify/${SECRET}` }, { params: { code: SECRET } }],
  ['a bearer token that is no JWT', { headers: { authorization: `Bearer ${SECRET}` } }, {}],
  ['one in the query', {}, { queryToken: SECRET }],
  ['one that the file names', { path: `/join/${SECRET}/x` }, { params: { invite: SECRET } }],
  ['the query of a path that is not safe', { path: `/%2e%2e?password=${SECRET}` }, {}],
  ['a header of credentials', { headers: { authorization: `Bearer ${SECRET}`, cookie: `sid=${SECRET}` } }, {}],
  ['a header that the file names', { headers: { 'x-tenant': SECRET } }, {}],
  ['credentials under another name', { headers: { 'x-other': `Basic ${SECRET}`, referer: `https://a/?api_key=${SECRET}` } }, {}],
  ['a token in the user agent', { headers: { 'user-agent': `app ${JWT}` } }, {}],
  ['a password in the address of a target', {}, { route, target: { url: new URL(`http://name:${SECRET}@10.0.0.1:80`), basePath: '' } as Target, tries: 1 }],
  ['a token for an id', {}, { principal: { ...principal, id: JWT } }],
  ['claims', {}, { principal: { ...principal, claims: { password: SECRET, nested: { api_key: SECRET }, note: `token=${SECRET}` } } }],
  ['the words of a problem', {}, refused(`GET http://a:${SECRET}@b/?token=${SECRET} failed`)],
  ['the cause of one', {}, refused('x', Object.assign(new Error(`password=${SECRET} invite=${SECRET}`), { config: { headers: { authorization: SECRET } } }))],
];

const ADD = {
  a: '{request.query.token}', b: '{request.query.code}', c: '{request.header.authorization}', d: '{request.header.cookie}', e: '{params.token} {params.invite}', f: '{principal.claims.password}',
  g: '{principal.claims.nested}', h: '{principal.claims.note}', i: '{detail}', j: '{request.query}', k: '{request.path}', l: '{request.header.x-other}', m: '{request.header.referer}', n: '{principal.id}',
  o: '{request.query.invite}', p: '{request.header.x-tenant}', q: '{target.url}', r: '{request.header.user-agent}', token: '{params.id}', s: '{request.header.x-passerelle-debug}', t: '{request.bearer}', u: '{params.code}', api_key: SECRET,
};

describe('O4: nothing secret is logged', () => {
  it.each(ATTACKS)('in an access line: %s', (_what, sent, slots) => {
    for (const shape of [{}, { nulls: true }, { add: ADD }, { add: ADD, nested: { below: 'message', as: 'text', beside: [] } }] satisfies Partial<LineConfig>[]) {
      const line = lineOf(exchange(sent, slots), { ...WORST, ...shape });
      expect(line).not.toContain(SECRET);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });

  it('not even what the file calls by a secret’s name', () => {
    expect(JSON.parse(lineOf(exchange({}, { params: { id: '7' } }), { add: ADD }))).toMatchObject({ token: '[redacted]', api_key: '[redacted]' });
  });

  it.each(ATTACKS)('in the lines of a failure, and of a request that is debugged: %s', (_what, sent, slots) => {
    const lines: string[] = [];
    const debug = { secret: KEY, header: 'X-Passerelle-Debug' };
    const shape = new LogShape({ ...PLAIN, ...WORST, debug });
    const logger = createLogger(shape, { write: (line) => lines.push(line), flushSync: () => undefined });
    const store = { current: { config: { log: { debug, query: true } } } } as unknown as ConstructorParameters<typeof RequestDebug>[0];
    const ends = [new ProblemLog(logger, () => 1), new RequestDebug(store, logger, shape, clock)];
    const of = exchange({ ...sent, headers: { ...sent?.headers, 'x-passerelle-debug': SIGNED } }, { route, target, ...slots });
    events.exchangeOpened.publish(of);
    events.exchangeClosed.publish(of);
    for (const each of ends) each.onApplicationShutdown();
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('')).not.toContain(SECRET);
    expect(lines.join('')).not.toContain(SIGNED);
  });

  it.each<[string, (logger: Logger) => void]>([
    ['the body of a call', (logger) => logger.info({ body: { level: 'debug', password: SECRET, nested: [{ client_secret: SECRET }] } })],
    ['a body as text', (logger) => logger.info({ body: `{"password":"${SECRET}","invite": "${SECRET}"}` })],
    ['a name of the file in a message', (logger) => logger.info(`invite=${SECRET}; X-Tenant: ${SECRET}`)],
    ['a name of the file in an error', (logger) => logger.error({ err: new Error(`invite: ${SECRET}`) }, 'x')],
    ['an address', (logger) => logger.info({ url: `https://me:${SECRET}@a.example/x` })],
    ['what every line has', (logger) => logger.info('x')],
    ['a debug header', (logger) => logger.info({ headers: { 'x-passerelle-debug': SECRET } })],
  ])('in the application’s own lines: %s', (_what, write) => {
    const lines: string[] = [];
    write(createLogger(new LogShape({ ...PLAIN, ...WORST, add: ADD, debug: { secret: KEY, header: 'X-Passerelle-Debug' } }), { write: (line) => lines.push(line), flushSync: () => undefined }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(SECRET);
  });
});
