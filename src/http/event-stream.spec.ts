import type { ServerResponse } from 'node:http';
import { Answer, AnswerBody, HeaderList, type BodySink } from '#libs/kernel';
import { closeEventStream, isEventStream, sendEventStream } from './event-stream.js';

/** What a sink is told, in one line. */
class Notes implements BodySink {
  text = '';

  write(chunk: Uint8Array): boolean {
    this.text += Buffer.from(chunk).toString();
    return true;
  }

  end(): void {
    this.text += '[end]';
  }

  fail(): void {
    this.text += '[fail]';
  }
}

const NOTICE = ': the gateway is shutting down; connect again\n\n[end]';

function begin(response = {} as ServerResponse, ...early: string[]) {
  const notes = new Notes();
  const cancelled: Error[] = [];
  const body = new AnswerBody({ pause() {}, resume() {}, cancel: (reason) => { cancelled.push(reason); } });
  for (const chunk of early) body.push(Buffer.from(chunk));
  sendEventStream(notes, body, response);
  return { notes, body, response, cancelled };
}

describe('isEventStream', () => {
  it.each<[string[], boolean]>([
    [['content-type', 'text/event-stream; charset=utf-8'], true],
    [['content-type', 'text/event-streams'], false],
    [['content-type', 'text/event-stream', 'content-encoding', 'br'], false],
    [['content-type', 'text/event-stream', 'content-length', '5'], false],
  ])('%j: %s', (flat, expected) => {
    expect(isEventStream(new Answer(200, new HeaderList(flat)))).toBe(expected);
  });
});

describe('an event stream that is closed', () => {
  it('ends once, and takes nothing more from the service', () => {
    const { body, cancelled, notes, response } = begin({} as ServerResponse, 'data: 1\n\n');
    closeEventStream(response);
    closeEventStream(response);
    body.push(Buffer.from('data: 2\n\n'));
    expect(notes.text).toBe(`data: 1\n\n${NOTICE}`);
    expect(cancelled).toHaveLength(1);
  });

  it.each([['begins', []], ['begins with an event', ['data: 1\n\n']], ['begins with a part of one', ['data: 1', '\n\n']]])('before it %s', (_when, early) => {
    const response = {} as ServerResponse;
    closeEventStream(response);
    expect(begin(response, ...early).notes.text).toBe(early.join('') + NOTICE);
  });

  it.each([
    ['ended', (body: AnswerBody) => body.end(), '[end]'],
    ['broke', (body: AnswerBody) => body.fail(new Error('gone')), '[fail]'],
  ])('after it %s has nothing more to say', (_what, finish, said) => {
    const { body, notes, response } = begin({} as ServerResponse, 'data: 1\n\n');
    finish(body);
    closeEventStream(response);
    expect(notes.text).toBe(`data: 1\n\n${said}`);
  });
});
