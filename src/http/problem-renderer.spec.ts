import { Exchange, Problem, problems, Target, type Answer, type ProblemExtras, type ProblemType, type Route } from '#libs/kernel';
import { compileProblemRenderer } from './problem-renderer.js';

type Setting = Parameters<typeof compileProblemRenderer>[0];

function exchangeOf(changes: Partial<Exchange> = {}): Exchange {
  const exchange = new Exchange({ method: 'POST', path: '/a/%3Cb%3E', query: '?token=secret', headers: {}, rawHeaders: [], startedAt: 0 });
  const route = { service: { name: 'user-service' } } as Route;
  return Object.assign(exchange, { id: 'id-1', route, ...changes });
}

function render(errors: Setting, type: ProblemType, extras: ProblemExtras = {}, exchange = exchangeOf()): { answer: Answer; text: string } {
  const answer = compileProblemRenderer(errors, { via: 'passerelle' }).render(new Problem(type, 'Because.', extras), exchange);
  return { answer, text: Buffer.from(answer.body?.takeWhole() ?? '').toString() };
}

const json = (errors: Setting, type: ProblemType, extras?: ProblemExtras, exchange?: Exchange): unknown => JSON.parse(render(errors, type, extras, exchange).text);

describe('problem+json', () => {
  it('is RFC 9457', () => {
    const { answer, text } = render('problem+json', problems.unauthenticated, { headers: { 'WWW-Authenticate': 'Bearer' } });
    expect(JSON.parse(text)).toEqual({
      type: 'urn:passerelle:problem:unauthenticated', title: 'Authentication is required', code: 'unauthenticated', status: 401, detail: 'Because.',
      instance: 'urn:passerelle:request:id-1', requestId: 'id-1',
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.flat).toEqual([
      'Content-Type', 'application/problem+json', 'Content-Length', String(Buffer.byteLength(text)), 'Cache-Control', 'no-store', 'WWW-Authenticate', 'Bearer',
    ]);
  });

  it('carries extension members, which cannot replace its own', () => {
    const members = { errors: [{ field: 'é"' }], 'retry-in': 3, status: 200, type: 'evil', gone: undefined };
    expect(json('problem+json', problems.unprocessable, { members })).toMatchObject({
      errors: [{ field: 'é"' }], 'retry-in': 3, status: 422, type: 'urn:passerelle:problem:unprocessable',
    });
  });

  it('counts bytes, not characters', () => {
    const { answer, text } = render('problem+json', problems.unprocessable, { members: { word: 'é€' } });
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  });

  it('leaves the id out where there is none', () => {
    expect(json('problem+json', problems.malformedRequest, {}, exchangeOf({ id: '' }))).not.toHaveProperty('instance');
  });

  it('tells how the service failed', () => {
    expect(render('problem+json', problems.connectTimeout).answer.headers.get('proxy-status')).toBe('passerelle; error=connection_timeout; details="Because."');
    expect(render('problem+json', problems.forbidden).answer.headers.get('proxy-status')).toBeUndefined();
  });

  it('lets a problem say how it may be cached', () => {
    const { answer } = render('problem+json', problems.routeNotFound, { headers: { 'cache-control': 'max-age=5' } });
    expect(answer.headers.all('cache-control')).toEqual(['max-age=5']);
  });
});

describe('what is not told', () => {
  const target = new Target(new URL('http://10.1.2.3:8005/base'), null as unknown as Target['dispatcher']);
  const say = (type: ProblemType, detail: string, at: Target | null) =>
    compileProblemRenderer('problem+json', { via: 'passerelle' }).render(new Problem(type, detail), exchangeOf({ target: at }));

  it.each([
    [problems.targetUnreachable, 'connect ECONNREFUSED 10.1.2.3:8005'],
    [problems.targetUnreachable, 'no route to 10.1.2.3'],
    [problems.internal, 'TypeError: x at /srv/app.js:10.1.2.3'],
  ])('%o: %s', (type, detail) => {
    const answer = say(type, detail, target);
    const text = `${answer.headers.flat.join('\n')}${Buffer.from(answer.body?.takeWhole() ?? '').toString()}`;
    expect(text).not.toMatch(/10\.1\.2\.3|app\.js/);
    expect(text).toContain(type.code);
  });

  it('keeps the cause to itself', () => {
    expect(render('problem+json', problems.targetUnreachable, { cause: new Error('10.1.2.3') }).text).not.toContain('10.1.2.3');
  });
});

describe('a shape of the platform', () => {
  const body = { error: true, code: '{code}', status: '{status}', text: '{method} {path}: {message}', retry: '{retryAfter}', details: '{details}', id: '{requestId}', from: ['{service}'] };

  it('fills in what there is and drops what there is not', () => {
    expect(json({ body }, problems.unprocessable)).toEqual({
      error: true, code: 'unprocessable', status: 422, text: 'POST /a/%3Cb%3E: Because.', id: 'id-1', from: ['user-service'],
    });
    const extras = { headers: { 'Retry-After': '30' }, members: { details: [1] } };
    expect(json({ body }, problems.unprocessable, extras)).toMatchObject({ retry: 30, details: [1] });
    expect(json({ body }, problems.unprocessable, { members: { a: 1 } })).toMatchObject({ details: { a: 1 } });
  });

  it('sets status, headers and type', () => {
    const { answer } = render({ status: 400, body, headers: { 'Retry-After': '{retryAfter}', 'X-Code': '{code}' }, contentType: 'application/vnd.x+json' }, problems.forbidden);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/vnd.x+json');
    expect(answer.headers.get('x-code')).toBe('forbidden');
    expect(answer.headers.get('retry-after')).toBeUndefined();
  });

  it('says its own message, with placeholders', () => {
    expect(json({ message: 'Service {service} indisponible', body: { message: '{message}', detail: '{detail}' } }, problems.noTarget))
      .toEqual({ message: 'Service user-service indisponible', detail: 'Because.' });
  });

  it('tells the fields that are wrong, in one way or the other', () => {
    const errors = [{ path: 'email', message: 'expected an address' }, { path: 'tags.0', message: 'too long' }];
    expect(json({ body: { errors: '{errors}', detail: '{errors.loc}' } }, problems.unprocessable, { members: { errors } })).toEqual({
      errors,
      detail: [{ loc: ['body', 'email'], msg: 'expected an address', type: 'value_error' }, { loc: ['body', 'tags', '0'], msg: 'too long', type: 'value_error' }],
    });
    expect(json({ body: { errors: '{errors}', detail: '{errors.loc}' } }, problems.invalidBody)).toEqual({ detail: [{ loc: ['body'], msg: 'Because.', type: 'value_error' }] });
  });

  it('without a body is RFC 9457 with the message as detail', () => {
    expect(json({ status: 418, message: 'Non' }, problems.forbidden)).toMatchObject({ status: 418, detail: 'Non', code: 'forbidden' });
  });

  it.each([
    [undefined, 'text/plain; charset=utf-8', '{title} a<b'],
    ['text/html; charset=utf-8', 'text/html; charset=utf-8', '{title} a&#60;b'],
    ['application/json', 'application/json', '{title} a<b'],
  ])('text as %s escapes what it needs to', (contentType, expectedType, expected) => {
    const { answer, text } = render({ body: '{{title}} {path}', ...(contentType && { contentType }) }, problems.forbidden, {}, exchangeOf({ path: 'a<b' }));
    expect(answer.headers.get('content-type')).toBe(expectedType);
    expect(text).toBe(expected);
  });

  it('cannot be broken out of in JSON text', () => {
    const { text } = render({ body: '{{"path":"{path}"}}', contentType: 'application/json' }, problems.forbidden, {}, exchangeOf({ path: '","admin":"x' }));
    expect(JSON.parse(text)).toEqual({ path: '","admin":"x' });
  });
});

describe('only', () => {
  const errors: Setting = {
    body: { message: '{message}' }, headers: { 'X-Base': '1' },
    only: { 401: { message: 'by status' }, unauthenticated: { message: 'by code' }, 404: { body: { gone: '{path}' }, status: 410 } },
  };

  it.each([
    [problems.unauthenticated, 401, { message: 'by code' }],
    [problems.expiredCredential, 401, { message: 'by status' }],
    [problems.routeNotFound, 410, { gone: '/a/%3Cb%3E' }],
    [problems.forbidden, 403, { message: 'Because.' }],
  ])('%o', (type, status, expected) => {
    const { answer, text } = render(errors, type);
    expect(JSON.parse(text)).toEqual(expected);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-base')).toBe('1');
  });

  it.each<[Setting, string]>([
    [{ only: { unauthentcated: {} } }, 'unauthentcated'],
    [{ only: { 200: {} } }, '200'],
    [{ body: { a: '{mesage}' } }, 'mesage'],
    [{ message: '{message}' }, 'message'],
    [{ only: { 404: { headers: { 'X-A': '{nope}' } } } }, 'nope'],
    [{ body: '{nope}', contentType: 'text/html' }, 'nope'],
  ])('%j is refused when it is loaded', (setting, message) => {
    expect(() => compileProblemRenderer(setting, { via: 'off' })).toThrow(message);
  });
});
