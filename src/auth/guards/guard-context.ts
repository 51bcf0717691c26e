import type { ExecutionContext } from '@nestjs/common';
import type { Exchange, Principal } from '#libs/kernel';

/** What a Nest guard sees of a request, in the words of Express and Fastify. An upgrade has no more than this either. */
class GuardRequest {
  constructor(private readonly exchange: Exchange) {}

  get id(): string { return this.exchange.id; }
  get method(): string { return this.exchange.method; }
  /** Path and query. */
  get url(): string { return this.exchange.path + this.exchange.query; }
  get originalUrl(): string { return this.url; }
  get path(): string { return this.exchange.path; }
  get query(): Readonly<Record<string, string>> { return Object.fromEntries(new URLSearchParams(this.exchange.query)); }
  get params(): Readonly<Record<string, string>> { return Object.fromEntries(Object.entries(this.exchange.params).map(([name, value]) => [name, decodeURIComponent(value)])); }
  get headers(): Exchange['headers'] { return this.exchange.headers; }
  get rawHeaders(): readonly string[] { return this.exchange.rawHeaders; }
  /** Address of the client, as trusted proxies tell it. */
  get ip(): string { return this.exchange.client; }
  get protocol(): string { return this.exchange.scheme; }
  get hostname(): string { return this.exchange.host.replace(/:\d+$/, ''); }
  get user(): Principal | null { return this.exchange.principal; }
}

/** Stand for the controller and its method: the gateway's own, whichever route it is. */
class Gateway {}
function forward(): void {}

/** What a guard is told of its surroundings. It decides and does not answer, so there is no response. */
export function guardContext(exchange: Exchange): ExecutionContext {
  const request = new GuardRequest(exchange);
  const http = { getRequest: () => request, getResponse: noAnswer, getNext: noAnswer };
  const context = {
    switchToHttp: () => http, switchToRpc: onlyHttp, switchToWs: onlyHttp,
    getType: () => 'http', getClass: () => Gateway, getHandler: () => forward,
    getArgs: () => [request], getArgByIndex: (index: number) => (index === 0 ? request : undefined),
  };
  return context as unknown as ExecutionContext;
}

function noAnswer(): never {
  throw new Error('A guard of the gateway cannot write an answer: it returns false, or throws');
}

function onlyHttp(): never {
  throw new Error('The gateway asks its guards about HTTP requests only');
}
