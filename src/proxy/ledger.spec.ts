import { events, Exchange, Problem, problems, type ProblemType, type Target, type TryFailed } from '#libs/kernel';
import { liveService } from '../services/live-service.fixture.js';
import type { ServiceConfig } from '../config/index.js';
import { compileLedger } from './ledger.js';

const COUNTS = { status: [500], problems: ['connect-timeout'] };
const of = (type: ProblemType, side = 'target') => new Problem(type, 'x', { members: { side } });
const exchangeOf = () => new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });

function setup(config: object) {
  const told: TryFailed[] = [];
  const stop = events.tryFailed.subscribe((failed) => told.push(failed));
  const service = liveService('s', ['http://a'], { health: {}, ...config } as unknown as ServiceConfig);
  const target = service.targets[0] as Target;
  const ledger = compileLedger(service);
  return { ledger, target, stop, seen: () => ({ ok: target.ok, failed: target.failed, reasons: told.map(({ reason }) => reason) }) };
}

describe('O2: what a try says of its target', () => {
  it.each<[what: string, config: object, met: number | Problem, ok: number, failed: number, reasons: readonly string[]]>([
    ['an answer', {}, 200, 1, 0, []],
    ['a refusal', {}, 404, 1, 0, []],
    ['a fault in the service, which has other targets', {}, 500, 1, 0, []],
    ['an answer of what stands before it', {}, 503, 0, 1, ['status-503']],
    ['no connection', {}, of(problems.targetUnreachable), 0, 1, ['target-unreachable']],
    ['an answer that stops, which no judge counts', {}, of(problems.idleTimeout), 0, 0, ['idle-timeout']],
    ['a client that left', {}, of(problems.clientClosed, 'client'), 0, 0, []],
    ['what a breaker counts', { breaker: { counts: COUNTS } }, 500, 0, 1, ['status-500']],
    ['what a breaker does not count', { breaker: { counts: COUNTS } }, 503, 1, 0, []],
    ['what targets are judged by, rather than the breaker', { breaker: { counts: { ...COUNTS, status: [418] } }, health: { passive: { counts: COUNTS } } }, 500, 0, 1, ['status-500']],
  ])('%s', (_what, config, met, ok, failed, reasons) => {
    const { ledger, seen, stop, target } = setup(config);
    ledger.ended(exchangeOf(), target, met);
    stop();
    expect(seen()).toEqual({ ok, failed, reasons });
  });

  it('is nothing when the exchange was given up', () => {
    const { ledger, seen, stop, target } = setup({});
    const exchange = exchangeOf();
    exchange.abort(of(problems.clientClosed, 'client'));
    ledger.ended(exchange, target, of(problems.targetUnreachable));
    stop();
    expect(seen()).toEqual({ ok: 0, failed: 0, reasons: [] });
  });
});
