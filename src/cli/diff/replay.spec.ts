import { loadConfig, type GatewayConfig } from '../../config/index.js';
import { builtIns } from '../../extensions.js';
import { configured, ENV, SAMPLE } from '../io.fixture.js';
import { compare } from './compare.js';
import { Memory } from './memory.js';

async function loaded(yaml: string): Promise<GatewayConfig> {
  using file = configured(yaml);
  return (await loadConfig({ file: file.file, env: ENV, builtIns })).config;
}

describe('Memory', () => {
  it('forgets what is not asked for again', () => {
    const memory = new Memory<number>(2);
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) {
      memory.set(key, index);
      memory.get('a');
    }
    memory.set('e', 4);
    expect(['a', 'b', 'e'].map((key) => memory.get(key))).toEqual([0, undefined, 4]);
  });
});

describe('a log of any length', () => {
  // 300 000 requests of 100 000 paths, and 10 MB that never end a line.
  function* log(): Generator<Buffer> {
    const line = (index: number): string => `192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /api/v1/${index % 3 === 0 ? 'attendance' : 'auth'}/${index % 100_000} HTTP/1.1" 200 7 "-" "x"\n`;
    for (let start = 0; start < 300_000; start += 1_000) yield Buffer.from(Array.from({ length: 1_000 }, (_, index) => line(start + index)).join(''));
    for (let part = 0; part < 160; part++) yield Buffer.alloc(65_536, 'y');
  }

  it('is judged in little memory', async () => {
    const configs = { old: await loaded(SAMPLE), new: await loaded(SAMPLE.replace('use: staff', 'use: public')) };
    const before = process.memoryUsage().rss;
    const bytes = (async function* () {
      for (const chunk of log()) yield await Promise.resolve(chunk);
    })();
    const { replay } = await compare(configs, { log: bytes, host: '' });
    expect(replay).toMatchObject({ requests: 300_000, otherwise: 100_000, skipped: { unknown: 1 }, groups: [{ count: 100_000, aspects: ['access'] }] });
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  }, 60_000);

  it('keeps callers apart where who is calling decides what is sent', async () => {
    const yaml = SAMPLE.replace('path: { strip: /api/v1 }', 'path: { template: "/attendance/{principal.id}" }');
    const configs = { old: await loaded(SAMPLE), new: await loaded(yaml) };
    const line = (subject: string): string => `${JSON.stringify({ msg: 'request', method: 'GET', path: '/api/v1/attendance/1', subject, authenticator: 'users' })}\n`;
    const bytes = (async function* () {
      yield await Promise.resolve(Buffer.from(line('1') + line('7') + line('1')));
    })();
    const { replay } = await compare(configs, { log: bytes, host: '' });
    expect(replay?.groups).toMatchObject([{ count: 1, aspects: ['path'], old: { sent: 'GET /base/attendance/1' }, new: { sent: 'GET /base/attendance/7' }, example: { line: 2 } }]);
  });
});
