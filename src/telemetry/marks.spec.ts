import { Problem, problems, type Exchange } from '#libs/kernel';
import { clock, exchange, fields } from './line.fixture.js';
import { compileLineSampling } from './line-sampling.js';

const USUAL = { slow: 12, large: 100, error: true };

describe('O4: marks', () => {
  it.each<[string, Partial<Exchange>, string[]]>([
    ['nothing to see', {}, []],
    ['a large request', { bytesIn: 100 }, ['large']],
    ['a large answer', { bytesOut: 100 }, ['large']],
    ['a failure', { status: 503 }, ['error']],
    ['an answer that broke off', { status: 200, problem: new Problem(problems.badTargetResponse, 'x') }, ['error']],
    ['one that somebody stood in for', { status: 200, failure: new Problem(problems.circuitOpen, 'x') }, ['error']],
    ['a refusal', { status: 404, problem: new Problem(problems.routeNotFound, 'x') }, []],
    ['a client that left', { status: 499, problem: new Problem(problems.clientClosed, 'x') }, []],
  ])('%s', (_what, slots, expected) => {
    const marked = (marks: typeof USUAL): string[] => Object.keys(fields(exchange({}, slots), { marks })).filter((name) => name in USUAL);
    expect(marked({ ...USUAL, slow: 13 })).toEqual(expected);
    expect(marked(USUAL)).toEqual(['slow', ...expected]);
    expect(marked({ slow: 0, large: Number.POSITIVE_INFINITY, error: false })).toEqual([]);
  });

  it('takes no WebSocket for slow', () => expect(fields(exchange({}, { upgrade: 'websocket' }), { marks: USUAL })).not.toHaveProperty('slow'));
});

describe('O4: sampling', () => {
  const RARE = 'f'.repeat(32);
  const LOW = `${'f'.repeat(18)}${'0'.repeat(14)}`;
  const keeps = (slots: Partial<Exchange>, sample: object = {}): boolean => {
    const kept = compileLineSampling({ ratio: 0.25, slow: 1_000, errors: true, ...sample }, clock);
    return kept?.(exchange({}, { traceId: LOW, ...slots })) as boolean;
  };

  it.each([LOW, RARE])('nobody from outside chooses by his trace id whether there is a line of him: %s', (traceId) => {
    const kept = (trustedPeer: boolean, chance: number): boolean | undefined =>
      compileLineSampling({ ratio: 0.25, slow: 0, errors: false }, clock, () => chance)?.(exchange({ headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } }, { traceId, trustedPeer }));
    expect([kept(false, 0.2), kept(false, 0.3), kept(true, 0.2), kept(true, 0.3)]).toEqual([true, false, traceId === RARE, traceId === RARE]);
  });

  it.each<[string, Partial<Exchange>, object, boolean]>([
    ['a trace that is not chosen', {}, {}, false],
    ['one that is', { traceId: RARE }, {}, true],
    ['none at all', { traceId: RARE }, { ratio: 0 }, false],
    ['an exported trace', { sampled: true }, {}, true],
    ['a debugged request', { debugged: true }, { ratio: 0 }, true],
    ['a failure', { status: 500 }, {}, true],
    ['a failure that nobody wants', { status: 500 }, { errors: false }, false],
    ['an answer that broke off', { problem: new Problem(problems.badTargetResponse, 'x') }, {}, true],
    ['a slow one', { startedAt: clock.elapsed() - 1_000 } as Partial<Exchange>, {}, true],
    ['a slow one that nobody wants', { startedAt: clock.elapsed() - 1_000 } as Partial<Exchange>, { slow: 0 }, false],
  ])('%s', (_what, slots, sample, expected) => expect(keeps(slots, sample)).toBe(expected));

  it('looks at nothing where all are written', () => expect(compileLineSampling({ ratio: 1, slow: 0, errors: false }, clock)).toBeNull());

  it('takes the share that the file says', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => Math.floor((index / 1_000) * 2 ** 52).toString(16).padStart(13, '0')).map((digits) => `${'a'.repeat(18)}${digits}0`);
    expect(ids.filter((traceId) => keeps({ traceId })).length).toBe(250);
  });
});
