import { events } from '#libs/kernel';
import type { ConfigStore } from '../config/index.js';
import type { Logger } from './logger.js';
import { MessageLog } from './message-log.js';

const REPORT = { file: 'gateway.yaml', version: '1', errors: [] };

function logFor(identity: object | undefined): { readonly lines: string[]; readonly log: MessageLog } {
  const lines: string[] = [];
  const logger = { warn: (fields: object, text: string) => lines.push(`${JSON.stringify(fields)} ${text}`) } as unknown as Logger;
  return { lines, log: new MessageLog({ current: { config: { identity } } } as unknown as ConfigStore, logger) };
}

describe('MessageLog', () => {
  it.each<[string, object | undefined, boolean, number]>([
    ['without accounts', undefined, false, 0],
    ['with a mail server', { mail: {} }, false, 0],
    ['with a plugin that listens', {}, true, 0],
    ['with nobody at all', {}, false, 1],
  ])('%s', (_, identity, listens, warnings) => {
    const { lines, log } = logFor(identity);
    const end = listens ? events.messageDue.subscribe(() => undefined) : (): void => undefined;
    events.configurationApplied.publish(REPORT);
    end();
    log.onApplicationShutdown();
    expect(lines).toHaveLength(warnings);
  });

  it('tells of messages that could not be sent', () => {
    const { lines, log } = logFor(undefined);
    events.messageFailed.publish({ kind: 'reset', account: 'a-1', why: 'no', again: true });
    events.messageFailed.publish({ kind: 'reset', account: 'a-1', why: 'no', again: false });
    log.onApplicationShutdown();
    events.messageFailed.publish({ kind: 'reset', account: 'a-2', why: 'no', again: false });
    expect(lines).toEqual([expect.stringContaining('it is tried again'), '{"kind":"reset","account":"a-1","why":"no"} a message could not be sent']);
  });
});
