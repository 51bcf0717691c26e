import { Agent, type Dispatcher } from 'undici';

/** What came back to the client. */
export interface Reply {
  readonly status: number;
  /** Flat list of names and values as they came. */
  readonly headers: readonly string[];
  readonly text: string;
  readonly trailers: Readonly<Record<string, string | string[] | undefined>>;
  /** Statuses of the interim responses. */
  readonly interim: readonly number[];
  /** Whether the response ended before it was complete. */
  readonly broken: boolean;
}

/** Values of a field, one per line; empty where there is none. */
export function values(headers: readonly string[], name: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name.toLowerCase()) found.push(headers[i + 1] ?? '');
  }
  return found;
}

const flat = (lines: readonly string[]): string[] => lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);

/** A client without a cache or a mind of its own: sends the lines it is told. */
export class Client implements AsyncDisposable {
  readonly #agent = new Agent({ connections: 32, pipelining: 1 });

  constructor(readonly url: string) {}

  async send(method: string, path: string, lines: readonly string[], content?: string): Promise<Reply> {
    const interim: number[] = [];
    const answer = await this.#agent.request({
      origin: this.url,
      path,
      method: method as Dispatcher.HttpMethod,
      headers: flat(lines),
      body: content ?? null,
      responseHeaders: 'raw',
      onInfo: ({ statusCode }) => interim.push(statusCode),
    });
    const headers = answer.headers as unknown as string[];
    const text = await answer.body.text().catch(() => null);
    return { status: answer.statusCode, headers, text: text ?? '', trailers: answer.trailers, interim, broken: text === null };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy();
  }
}
