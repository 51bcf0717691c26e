import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, Exchange, systemClock } from '#libs/kernel';
import { AccessLog } from './access-log.js';
import { LogDestination } from './log-destination.js';
import type { LogConfig } from './logger.js';

const LOG: LogConfig = { level: 'info', access: true, query: false, headers: [], redact: [] };

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
    for (let i = 0; i < 50 && lines().length === 0; i++) await sleep(20);
    expect(lines()).toEqual(['one']);
  });

  it('gets one line per exchange while the configuration wants them', () => {
    const store = { current: { config: { log: LOG } } } as unknown as ConstructorParameters<typeof AccessLog>[0] & { current: { config: { log: LogConfig } } };
    const log = new AccessLog(store, destination, systemClock);
    const close = (id: string) => events.exchangeClosed.publish(Object.assign(new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 }), { id }));
    const apply = (change: Partial<LogConfig>) => {
      store.current.config = { log: { ...LOG, ...change } } as typeof store.current.config;
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
