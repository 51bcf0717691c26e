import { Exchange, Problem, problems, type ProblemType } from '#libs/kernel';
import { compileJudge, type Outcome } from './index.js';
import { statusSet } from './judge.js';

const open = (method = 'GET'): Exchange => new Exchange({ method, path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
const judge = compileJudge({ status: [429, '500-599'], problems: ['target-unreachable', 'bad-target-response', 'total-timeout'] });

it('statusSet expands statuses and ranges', () => {
  expect([...statusSet([429, '502', '503-505'])]).toEqual([429, 502, 503, 504, 505]);
});

describe('a judge', () => {
  it.each<[number, Outcome]>([[200, 'success'], [404, 'success'], [429, 'failure'], [500, 'failure'], [599, 'failure'], [101, 'success']])('calls %d a %s', (status, outcome) => {
    expect(judge.answer(open(), status)).toBe(outcome);
  });

  it.each<[ProblemType, Outcome]>([
    [problems.targetUnreachable, 'failure'], [problems.totalTimeout, 'failure'], [problems.clientClosed, 'ignored'],
    [problems.bodyTooLarge, 'ignored'], [problems.noTarget, 'ignored'], [problems.connectTimeout, 'ignored'],
  ])('%j', (type, outcome) => expect(judge.error(open(), new Problem(type, ''))).toBe(outcome));

  it('holds nothing against a target when the client left, whatever broke then', () => {
    const exchange = open();
    exchange.abort(new Problem(problems.clientClosed, ''));
    expect(judge.error(exchange, new Problem(problems.badTargetResponse, ''))).toBe('ignored');
  });

  it('holds nothing against a target when an upload took too long', () => {
    const exchange = open('POST');
    exchange.body = {} as Exchange['body'];
    expect(judge.error(exchange, new Problem(problems.totalTimeout, ''))).toBe('ignored');
  });

  it('takes our own faults for no one else’s', () => expect(judge.error(open(), new TypeError('x'))).toBe('ignored'));

  it('leaves methods out that do not count', () => {
    const some = compileJudge({ status: ['500-599'], problems: ['target-unreachable'], methods: ['GET'] });
    expect([some.answer(open('POST'), 500), some.answer(open('POST'), 200), some.answer(open(), 500)]).toEqual(['ignored', 'ignored', 'failure']);
    expect(some.error(open('POST'), new Problem(problems.targetUnreachable, ''))).toBe('ignored');
  });
});
