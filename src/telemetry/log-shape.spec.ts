import { PLAIN } from './line.fixture.js';
import type { LineConfig } from './line-config.js';
import { LogShape } from './log-shape.js';
import { createLogger } from './logger.js';

const ADDED = { logger: 'gateway', user: '{principal.id}' };

function lineOf(config: Partial<LineConfig>, shape = new LogShape({ ...PLAIN, ...config })): Record<string, unknown> {
  const lines: string[] = [];
  createLogger(shape, { write: (line) => lines.push(line), flushSync: () => undefined }).warn({ requestId: 'r-1', tenant: 'secret' }, 'tenant=secret is here');
  return JSON.parse(lines[0] as string) as Record<string, unknown>;
}

describe('O4: the application’s own lines', () => {
  const time = expect.stringMatching(/^\d{4}-.*Z$/) as string;

  it.each<[string, Partial<LineConfig>, Record<string, unknown>]>([
    ['as they are', {}, { level: 'warn', time, requestId: 'r-1', tenant: 'secret', msg: 'tenant=secret is here' }],
    ['under other names', { names: { time: 'timestamp', msg: 'message', requestId: 'request_id', status: 'code' } }, { level: 'warn', timestamp: time, request_id: 'r-1', tenant: 'secret', message: 'tenant=secret is here' }],
    ['what access lines leave out stays', { names: { msg: null }, rest: 'drop' }, { level: 'warn', time, requestId: 'r-1', tenant: 'secret', msg: 'tenant=secret is here' }],
    ['with what every line has', { add: ADDED }, { level: 'warn', time, requestId: 'r-1', tenant: 'secret', msg: 'tenant=secret is here', logger: 'gateway' }],
    ['with a name that a field of ours has given up', { names: { requestId: 'id', msg: 'text' }, add: { requestId: 'none', msg: 'x' } }, { level: 'warn', time, id: 'r-1', requestId: 'none', tenant: 'secret', text: 'tenant=secret is here', msg: 'x' }],
    ['nested', { names: { time: 'timestamp' }, add: ADDED, nested: { below: 'message', as: 'text', beside: ['time', 'level', 'logger'] } },
      { level: 'warn', timestamp: time, logger: 'gateway', message: '{"requestId":"r-1","tenant":"secret","msg":"tenant=secret is here"}' }],
  ])('%s', (_what, config, expected) => expect(lineOf(config)).toEqual(expected));

  it('look as the file in force says', () => {
    const shape = new LogShape(PLAIN);
    shape.adopt({ ...PLAIN, names: { msg: 'text' }, redact: ['tenant'] });
    expect(lineOf({}, shape)).toMatchObject({ tenant: '[redacted]', text: 'tenant=[redacted] is here' });
  });
});
