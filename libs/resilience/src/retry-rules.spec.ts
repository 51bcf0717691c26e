import { Readable } from 'node:stream';
import { Answer, Exchange, HeaderList, Problem, problems, type Outgoing } from '#libs/kernel';
import { compileRetryRules } from './index.js';

const options = { methods: ['GET', 'PUT'], idempotencyKey: false, status: ['502-504'], problems: ['target-unreachable', 'bad-target-response', 'connect-timeout'] };
const rules = compileRetryRules(options);

function exchange(method = 'GET', body: Outgoing['body'] = null, headers = {}): Exchange {
  const opened = new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  opened.outgoing = { method, path: '/', query: '', headers: new HeaderList(), body };
  return opened;
}

const failure = (phase: string, type = problems.targetUnreachable): Problem => new Problem(type, '', { members: { phase } });

describe('retry rules', () => {
  it.each<[string, Outgoing['body'], boolean]>([['no body', null, true], ['a body in hand', Buffer.from('a'), true], ['a body nobody has read from', Readable.from(['a']), true], ['a body that is gone', Readable.from(['a']).destroy(), false]])(
    'a request with %s', (_what, body, expected) => expect(rules.mayRepeat(exchange('PUT', body))).toBe(expected));

  it.each<[string, number, boolean]>([['GET', 503, true], ['PUT', 502, true], ['POST', 503, false], ['GET', 500, false], ['GET', 200, false]])(
    '%s answered %d', (method, status, expected) => expect(rules.retriesAnswer(exchange(method), new Answer(status))).toBe(expected));

  it.each<[string, string, Error, boolean]>([
    ['GET', 'refused', failure('connect'), true],
    ['POST', 'refused', failure('connect'), true],
    ['POST', 'without a connection in time', failure('connect', problems.connectTimeout), true],
    ['GET', 'reset after it was sent', failure('response-head', problems.badTargetResponse), true],
    ['POST', 'reset after it was sent', failure('response-head', problems.badTargetResponse), false],
    ['POST', 'reset while it was sent', failure('request-body', problems.badTargetResponse), false],
    ['GET', 'out of targets', new Problem(problems.noTarget, ''), false],
    ['GET', 'that met a fault of ours', new TypeError('x'), false],
  ])('%s %s', (method, _what, error, expected) => expect(rules.retriesError(exchange(method), error)).toBe(expected));

  it('a body that streams, only while it is whole and no connection was made', async () => {
    const body = Readable.from(['a', 'b']);
    const streaming = exchange('PUT', body);
    expect([rules.retriesError(streaming, failure('connect')), rules.retriesError(streaming, failure('response-head')), rules.retriesAnswer(streaming, new Answer(503))]).toEqual([true, false, false]);
    for await (const chunk of body) { expect(chunk).toBe('a'); break; }
    expect([rules.retriesError(streaming, failure('connect')), rules.mayRepeat(streaming)]).toEqual([false, false]);
  });

  it('any method with a key, when the file says so', () => {
    const keyed = exchange('POST', null, { 'idempotency-key': 'a' });
    expect(rules.retriesAnswer(keyed, new Answer(503))).toBe(false);
    expect(compileRetryRules({ ...options, idempotencyKey: true }).retriesAnswer(keyed, new Answer(503))).toBe(true);
    expect(compileRetryRules({ ...options, idempotencyKey: true }).retriesAnswer(exchange('POST'), new Answer(503))).toBe(false);
  });

  it('nothing for a client that left', () => {
    const left = exchange();
    left.abort(new Problem(problems.clientClosed, ''));
    expect([rules.retriesAnswer(left, new Answer(503)), rules.retriesError(left, failure('connect'))]).toEqual([false, false]);
  });
});
