import { jest } from '@jest/globals';
import { events, systemClock } from '#libs/kernel';
import { LogLevel, type Level } from './log-level.js';

describe('O4: the level', () => {
  let configured: Level;
  let heard: Level[];
  let level: LogLevel;
  const reload = (): void => events.configurationApplied.publish({ file: 'f', version: 'v', errors: [] });

  beforeEach(() => {
    jest.useFakeTimers();
    [configured, heard] = ['info', []];
    level = new LogLevel(() => configured, systemClock);
    level.follow((now) => heard.push(now));
  });
  afterEach(() => {
    level.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('is that of the file, from the reload on', () => {
    configured = 'warn';
    reload();
    expect(heard).toEqual(['info', 'warn']);
    expect(level.view).toEqual({ level: 'warn', configured: 'warn', until: null });
  });

  it('is another one by hand, over reloads too, and ends by itself', () => {
    const until = systemClock.now() + 1_000;
    level.set('debug', until);
    configured = 'error';
    reload();
    expect(level.view).toEqual({ level: 'debug', configured: 'error', until });
    jest.advanceTimersByTime(999);
    expect(level.view.level).toBe('debug');
    jest.advanceTimersByTime(1);
    expect(level.view).toEqual({ level: 'error', configured: 'error', until: null });
    expect(heard).toEqual(['info', 'debug', 'debug', 'error']);
  });

  it('ends when somebody says so, and when the last who set it wanted', () => {
    level.set('trace', systemClock.now() + 1_000);
    level.reset();
    level.set('debug', systemClock.now() + 1_000);
    level.set('warn', systemClock.now() + 5_000);
    jest.advanceTimersByTime(4_000);
    expect(level.view.level).toBe('warn');
    jest.advanceTimersByTime(1_000);
    expect(heard).toEqual(['info', 'trace', 'info', 'debug', 'warn', 'info']);
  });
});
