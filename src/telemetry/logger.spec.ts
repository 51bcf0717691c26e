import { Logger as Nest } from '@nestjs/common';
import { events, Exchange, Problem, problems, Secret } from '#libs/kernel';
import { LogShape } from './log-shape.js';
import { createLogger, type Logger } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { ProblemLog } from './problem-log.js';

const SECRET = 'hunter2hunter2';
const JWT = `eyJhbGciOiJIUzI1NiJ9.${SECRET}.c2lnbmF0dXJl`;

function capture(level: 'info' | 'debug' | 'trace' = 'info') {
  const lines: string[] = [];
  const logger = createLogger(new LogShape({ redact: ['tenant'], names: {}, add: {}, patterns: [] }), { write: (line) => lines.push(line), flushSync: () => undefined });
  logger.level = level;
  return { logger, lines, last: () => JSON.parse(lines.at(-1) as string) as Record<string, unknown> };
}

/** An error as HTTP clients throw it: with the request that failed hanging on it. */
const clientError = () => Object.assign(new Error(`GET http://user:${SECRET}@a/?token=${SECRET} failed`), {
  code: 'ECONNREFUSED', config: { headers: { authorization: `Bearer ${SECRET}` } }, cause: new Error(`Cookie: sid=${SECRET}`),
});

describe('createLogger', () => {
  it('writes time, level and message', () => {
    const { logger, last } = capture();
    logger.info({ a: 1 }, 'hello');
    expect(last()).toEqual({ time: expect.stringMatching(/^\d{4}-.*Z$/) as string, level: 'info', a: 1, msg: 'hello' });
  });

  it.each<[string, (logger: Logger) => void]>([
    ['a field', (logger) => logger.info({ password: SECRET })],
    ['a nested field', (logger) => logger.info({ a: { b: [{ refreshToken: SECRET }] } })],
    ['a header', (logger) => logger.info({ headers: { authorization: `Bearer ${SECRET}`, cookie: `sid=${SECRET}`, 'set-cookie': [`sid=${SECRET}`] } })],
    ['a field the file names', (logger) => logger.info({ tenant: SECRET })],
    ['a Secret', (logger) => logger.info({ value: new Secret(SECRET) })],
    ['bytes', (logger) => logger.info({ body: Buffer.from(SECRET) })],
    ['a token in a message', (logger) => logger.info(`refused ${JWT}`)],
    ['a token in a message with fields', (logger) => logger.info({ a: 1 }, `refused ${JWT}`)],
    ['an interpolated value', (logger) => logger.info('refused %s', JWT)],
    ['JSON in a message', (logger) => logger.info(`body {"password":"${SECRET}"}`)],
    ['an error alone', (logger) => logger.error(clientError())],
    ['an error as a field', (logger) => logger.error({ err: clientError() }, 'x')],
    ['an error under another name', (logger) => logger.error({ reason: { inner: clientError() } })],
    ['a child logger', (logger) => logger.child({ token: SECRET }).info('x')],
    ['a child of a child', (logger) => logger.child({ a: 1 }).child({ token: SECRET }).info('x')],
    ['a nest line', (logger) => new NestLogger(logger).error(`Bearer ${SECRET}1`, `Error: password=${SECRET}\n    at x`, 'Context')],
    ['a nest object', (logger) => new NestLogger(logger).log({ apiKey: SECRET })],
  ])('never shows %s', (_what, write) => {
    const { logger, lines } = capture('debug');
    write(logger);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(SECRET);
    expect(() => JSON.parse(lines[0] as string) as unknown).not.toThrow();
  });

  it('survives a cycle', () => {
    const { logger, last } = capture();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    logger.info({ loop });
    expect(JSON.stringify(last())).toContain('[deep]');
  });

  it('shows an error with its stack, code and cause', () => {
    const { logger, last } = capture();
    logger.error(clientError());
    expect(last()).toMatchObject({ msg: 'GET http://[redacted]@a/?token=[redacted] failed', err: { type: 'Error', code: 'ECONNREFUSED', stack: expect.stringContaining('logger.spec') as string, cause: { message: 'Cookie: [redacted]' } } });
  });
});

describe('NestLogger', () => {
  it.each([
    ['log', 'debug', ['started', 'Nest'], { msg: 'started', context: 'Nest' }],
    ['log', 'trace', ['Mapped {/~/health, GET} route', 'RouterExplorer'], { context: 'RouterExplorer' }],
    ['warn', 'warn', ['careful'], { msg: 'careful' }],
    ['error', 'error', ['broken', 'Error: x\n    at y', 'Nest'], { msg: 'broken', stack: 'Error: x\n    at y', context: 'Nest' }],
    ['error', 'error', ['broken', 'Error: x\n    at y'], { msg: 'broken', stack: 'Error: x\n    at y' }],
    ['verbose', 'trace', ['much'], { msg: 'much' }],
    ['fatal', 'fatal', [new Error('end'), 'Nest'], { msg: 'end', context: 'Nest', err: { message: 'end' } }],
  ] as const)('%s writes %s', (method, level, [message, ...rest], expected) => {
    const { logger, last } = capture('trace');
    new NestLogger(logger)[method](message, ...rest);
    expect(last()).toMatchObject({ level, ...expected });
  });

  it('is what Nest logs with once told so', () => {
    const { logger, last } = capture('debug');
    Nest.overrideLogger(new NestLogger(logger));
    new Nest('Room').log('ready');
    Nest.overrideLogger(false);
    expect(last()).toMatchObject({ level: 'debug', msg: 'ready', context: 'Room' });
  });
});

describe('ProblemLog', () => {
  const closed = (problem: Problem | null) =>
    Object.assign(new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 }), { id: 'r-1', problem });

  it.each([
    ['a fault of our own', new Problem(problems.internal, 'x', { cause: new Error('why') }), { problem: 'internal-error', requestId: 'r-1', err: { message: 'why', stack: expect.stringContaining('at ') as string } }],
    ['one without a cause', new Problem(problems.internal, 'x'), { err: { type: 'Problem', stack: expect.stringContaining('at ') as string } }],
    ['a service that failed', new Problem(problems.targetUnreachable, 'gone', { cause: new Error('refused') }), { level: 'error', msg: 'gone', err: { message: 'refused' } }],
  ])('logs %s', (_what, problem, expected) => {
    const { logger, last } = capture();
    const log = new ProblemLog(logger, () => 2);
    events.exchangeClosed.publish(closed(problem));
    log.onApplicationShutdown();
    expect(last()).toMatchObject(expected);
    if (problem.type !== problems.internal) expect(JSON.stringify(last())).not.toContain('"stack"');
  });

  it('has so many lines of the same, all of those that somebody debugs, and one of how many more', () => {
    const { logger, lines } = capture();
    const log = new ProblemLog(logger, () => 2);
    for (let i = 0; i < 5; i++) events.exchangeClosed.publish(closed(new Problem(problems.targetUnreachable, `gone ${i}`)));
    events.exchangeClosed.publish(Object.assign(closed(new Problem(problems.targetUnreachable, 'looked at')), { debugged: true }));
    events.exchangeClosed.publish(closed(new Problem(problems.noTarget, 'another')));
    log.onApplicationShutdown();
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['gone 0', 'gone 1', 'looked at', 'another', expect.stringMatching(/^3 more of these/)]);
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ level: 'error', problem: 'target-unreachable', more: 3 });
  });

  it.each([null, new Problem(problems.unauthenticated, 'x'), new Problem(problems.clientClosed, 'x')])('is silent about %s', (problem) => {
    const { logger, lines } = capture();
    const log = new ProblemLog(logger, () => 2);
    events.exchangeClosed.publish(closed(problem));
    log.onApplicationShutdown();
    expect(lines).toEqual([]);
  });
});
