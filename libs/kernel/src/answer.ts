import type { Duplex } from 'node:stream';
import { AnswerBody } from './answer-body.js';
import { HeaderList } from './header-list.js';

/** What goes back to the client: status, header fields and a body, or none. */
export class Answer {
  /** With status 101: the connection to the target, to be joined with the client's. */
  tunnel: Duplex | null = null;

  constructor(
    public status: number,
    readonly headers: HeaderList = new HeaderList(),
    public body: AnswerBody | null = null,
    /** Reason phrase as the target sent it; empty for the standard one. */
    public statusText = '',
  ) {}

  static json(status: number, value: unknown, contentType = 'application/json; charset=utf-8'): Answer {
    return Answer.text(status, JSON.stringify(value), contentType);
  }

  static text(status: number, text: string, contentType = 'text/plain; charset=utf-8'): Answer {
    const bytes = Buffer.from(text);
    const headers = new HeaderList(['content-type', contentType, 'content-length', String(bytes.length)]);
    return new Answer(status, headers, AnswerBody.of(bytes));
  }
}
