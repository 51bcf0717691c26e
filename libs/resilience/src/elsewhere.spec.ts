import { Exchange, Target, type Balancer } from '#libs/kernel';
import { elsewhere } from './index.js';

const [a, b, c] = ['a', 'b', 'c'].map((name) => new Target(new URL(`http://${name}`), {} as Target['dispatcher'])) as [Target, Target, Target];
const first = elsewhere({ pick: (candidates) => candidates[0] as Target });

it.each<[string, Target[], Target[], Target]>([
  ['as ever at first', [], [a, b, c], a],
  ['not the one that failed', [a], [a, b, c], b],
  ['none of those that failed', [a, b], [a, b, c], c],
  ['not the last one when all failed', [c, b, a], [a, b, c], b],
  ['the only one', [a], [a], a],
])('picks %s', (_what, failed, candidates, expected) => {
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
  exchange.failed = failed;
  expect(first.pick(candidates, exchange)).toBe(expected);
});

it('lets the balancer hear of answers', () => {
  const heard: unknown[] = [];
  const balancer: Balancer = { pick: () => a, answered(...all) { heard.push(this === balancer, ...all); } };
  elsewhere(balancer).answered?.('exchange' as never, 'answer' as never);
  expect(heard).toEqual([true, 'exchange', 'answer']);
  expect('answered' in first).toBe(false);
});
