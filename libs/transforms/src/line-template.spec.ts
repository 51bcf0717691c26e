import { Exchange, Problem, problems, type Principal, type Route } from '#libs/kernel';
import { LINE_VARIABLES, lineVariable, type LineScope } from './line-template.js';

function scope(slots: Partial<Exchange> = {}, how: Partial<LineScope> = {}): LineScope {
  const exchange = Object.assign(new Exchange({ method: 'GET', path: '/a', query: '', headers: {}, rawHeaders: [], startedAt: 0 }), { id: 'r-1', status: 200, ...slots });
  return { exchange, duration: 1_234.567_89, slow: false, large: false, failed: false, ...how };
}

describe('variables of log lines', () => {
  it.each<[string, LineScope, unknown]>([
    ['status', scope({ status: 404 }), 404],
    ['duration', scope(), 1_234.568],
    ['seconds', scope(), 1.235],
    ['targetTime', scope({ targetTime: 8.5 }), undefined],
    ['bytesIn', scope({ bytesIn: 3 }), 3],
    ['traceId', scope(), undefined],
    ['correlationId', scope({ correlationId: 'c' }), 'c'],
    ['success', scope({ status: 399 }), true],
    ['success', scope({ status: 400 }), false],
    ['success', scope({}, { failed: true }), false],
    ['authenticated', scope(), false],
    ['authenticated', scope({ principal: {} as Principal }), true],
    ['slow', scope({}, { slow: true }), true],
    ['error', scope({}, { failed: true }), true],
    ['problem', scope({ failure: new Problem(problems.circuitOpen, 'x') }), 'circuit-open'],
    ['detail', scope({ problem: new Problem(problems.internal, 'why') }), 'why'],
    ['detail', scope(), undefined],
    ['request.id', scope(), 'r-1'],
    ['route.labels.category', scope({ route: { labels: { category: 'parsing' } } as unknown as Route }), 'parsing'],
    ['route.labels.other', scope({ route: { labels: {} as Record<string, string> } as unknown as Route }), undefined],
  ])('%s', (name, from, expected) => expect(lineVariable(name)?.(from)).toBe(expected));

  it('are all there, and no others', () => {
    for (const name of LINE_VARIABLES) expect(lineVariable(name.replace(/<.*>/, 'x'))).toBeDefined();
    expect(lineVariable('stauts')).toBeUndefined();
  });
});
