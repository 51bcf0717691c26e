import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** One request, as a handler of the sample platform sees it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
}

/** Returns the JSON of a 200, a `Reply` for anything else, or nothing: 204, unless it wrote the answer itself. */
export type Handler = (call: Call) => unknown;

/** What a service serves, by `METHOD /path/:parameter`. */
export type Routes = Readonly<Record<string, Handler>>;

/** An answer that is not simply 200 and JSON. */
export class Reply {
  constructor(
    readonly status: number,
    readonly body?: unknown,
    readonly headers: OutgoingHttpHeaders = {},
  ) {}
}

export const created = (body: unknown): Reply => new Reply(201, body);

/** Thrown by a handler that says no; leaves as `{detail}`, the shape of every PresencePro service. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: unknown,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail));
  }
}

/** The 422 of FastAPI: a list of places and reasons. */
export function invalid(loc: readonly (string | number)[], msg: string, type = 'value_error'): Refusal {
  return new Refusal(422, [{ type, loc, msg }]);
}

/** The number in the path, or 422 as FastAPI answers to `/students/abc`. */
export function idOf(call: Call): number {
  const text = call.params['id'] ?? '';
  if (!/^\d{1,15}$/.test(text)) throw invalid(['path', 'id'], 'Input should be a valid integer', 'int_parsing');
  return Number(text);
}
