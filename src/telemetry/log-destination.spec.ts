import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { events, Exchange, systemClock } from '#libs/kernel';
import { until } from '#libs/testing';
import { AccessLog } from './access-log.js';
import { LogDestination } from './log-destination.js';
import { LogLevel } from './log-level.js';
import type { LogConfig } from './log-config.js';

const LOG: LogConfig = { level: 'info', access: true, query: false, headers: [], redact: [], sample: { ratio: 1, slow: 0, errors: true, problems: 100 }, names: {}, rest: 'keep', add: {}, nulls: false };

describe('log file', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'log-'));
  const file = path.join(folder, 'log');
  const fd = fs.openSync(file, 'w');
  const destination = new LogDestination(fd);
  const lines = () => fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);

  afterAll(() => {
    fs.closeSync(fd);
    fs.rmSync(folder, { recursive: true });
  });

  it('holds small lines back for a moment, not for long', async () => {
    destination.write('one\n');
    expect(lines()).toEqual([]);
    await until(() => lines().length > 0);
    expect(lines()).toEqual(['one']);
  });

  it('gets one line per exchange while the configuration wants them', () => {
    const store = { current: { config: { log: LOG, routes: {} } } } as unknown as ConstructorParameters<typeof AccessLog>[0] & { current: { config: { log: LogConfig } } };
    const level = new LogLevel(() => store.current.config.log.level, systemClock);
    const log = new AccessLog(store, { destination, level }, systemClock);
    const close = (id: string) => events.exchangeClosed.publish(Object.assign(new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 }), { id }));
    const apply = (change: Partial<LogConfig>) => {
      store.current.config = { log: { ...LOG, ...change }, routes: {} } as typeof store.current.config;
      events.configurationApplied.publish({ file: 'f', version: 'v', errors: [] });
    };
    close('shown-1');
    apply({ access: false });
    close('off');
    apply({ level: 'warn' });
    close('too-low');
    apply({});
    close('shown-2');
    log.onApplicationShutdown();
    level.onApplicationShutdown();
    close('after');
    destination.flushSync();
    expect(lines().slice(1).map((line) => (JSON.parse(line) as { requestId: string }).requestId)).toEqual(['shown-1', 'shown-2']);
  });

  it('loses nothing at the end, nor after it', () => {
    destination.write('last\n');
    destination.onApplicationShutdown();
    destination.write('after\n');
    expect(lines().slice(-2)).toEqual(['last', 'after']);
  });
});

it('O4: counts lines that come to nothing where nobody reads, and loses no others', async () => {
  const LINES = 40_000;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'log-'));
  const pipe = path.join(folder, 'pipe');
  expect(spawnSync('sh', ['-c', 'mkfifo "$0"', pipe]).status).toBe(0);
  const fd = fs.openSync(pipe, fs.constants.O_RDWR);
  const reader = await open(pipe, 'r');
  const destination = new LogDestination(fd);
  let dropped = 0;
  const end = events.logLinesDropped.subscribe((total) => { dropped = total; });
  for (let i = 0; i < LINES; i++) destination.write(`${'x'.repeat(1_023)}\n`);
  // 32 MiB wait, the rest is gone.
  expect(dropped).toBeGreaterThan(6_000);
  expect(dropped).toBeLessThan(8_000);
  destination.flush();
  let bytes = 0;
  while (bytes < (LINES - dropped) * 1_024) bytes += (await reader.read(Buffer.alloc(65_536))).bytesRead;
  destination.write('last\n');
  destination.onApplicationShutdown();
  expect((await reader.read(Buffer.alloc(65_536))).bytesRead).toBe(5);
  end();
  await reader.close();
  fs.closeSync(fd);
  fs.rmSync(folder, { recursive: true });
}, 30_000);
