import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { closeCodes, Tunnels } from '#libs/forwarder';
import { Problem, problems, systemClock, type Answer, type Exchange, type HeaderList, type Route, type StoredAnswers, type WebSocketLimits } from '#libs/kernel';
import { admitAll } from '../auth/admit.js';
import { answerProblem, toProblem } from '../http/answer-problem.js';
import { FrontDoor } from '../http/front-door.js';
import { writeAnswer } from '../http/write-answer.js';
import { switchingHead, watchHandshake } from './handshake.js';

/** Step 5: runs the route's compiled interceptors around the forwarder and sends what comes back. */
@Injectable()
export class ProxyService implements BeforeApplicationShutdown {
  /** WebSockets that stand. */
  readonly tunnels = new Tunnels(systemClock);

  constructor(door: FrontDoor) {
    door.onStored((exchange, response, answer) => this.answer(exchange, response, answer));
    door.onUpgrade((exchange, response, head) => void this.upgrade(exchange, response, head));
  }

  async forward(exchange: Exchange, response: ServerResponse): Promise<void> {
    exchange.informational = (status, headers) => sendInformational(response, status, headers);
    try {
      writeAnswer(exchange, await this.#handle(exchange), response);
    } catch (error) {
      // An interceptor that fails on the way back leaves an answer behind that nobody reads: its target would wait for ever.
      exchange.trial?.abort(toProblem(error));
      answerProblem(exchange, error, response);
    }
  }

  /** The same checks, and at once where they are: what comes after them is at hand. */
  answer(exchange: Exchange, response: ServerResponse, answer: Answer): void {
    try {
      const pending = this.#admit(exchange);
      const finished = pending === undefined ? finish(exchange, answer) : pending.then(() => finish(exchange, answer));
      if (finished instanceof Promise) finished.then((whole) => writeAnswer(exchange, whole, response)).catch((error: unknown) => refuseStored(exchange, error, response));
      else writeAnswer(exchange, finished, response);
    } catch (error) {
      refuseStored(exchange, error, response);
    }
  }

  /** The same checks and the same interceptors; with a 101 the two connections are joined. */
  async upgrade(exchange: Exchange, response: ServerResponse, head: Buffer): Promise<void> {
    const answered = watchHandshake(response);
    try {
      await this.#admit(exchange);
      const answer = await this.#handle(exchange);
      answered();
      if (answer.tunnel) this.#join(exchange, answer, response, head);
      else writeAnswer(exchange, answer, response);
    } catch (error) {
      answered();
      // An interceptor that fails on the way back leaves a connection to the target behind.
      exchange.abort(toProblem(error));
      answerProblem(exchange, error, response);
    }
  }

  /** node:http does not count connections it has let go of, so nobody else would ever end them. */
  beforeApplicationShutdown(): void {
    void this.tunnels.closeAll(closeCodes.away, 'the gateway is shutting down');
  }

  /** Steps 3 and 4. */
  #admit(exchange: Exchange): void | Promise<void> {
    const pending = admitAll(exchange);
    return pending === undefined ? exchange.route?.limit?.admit(exchange) : pending.then(() => exchange.route?.limit?.admit(exchange));
  }

  /** A client that left while the guards were deciding wants nothing from a service any more. */
  #handle(exchange: Exchange): Promise<Answer> {
    if (exchange.aborted) return Promise.reject(exchange.aborted);
    return (exchange.route as NonNullable<Exchange['route']>).handle(exchange);
  }

  #join(exchange: Exchange, answer: Answer, response: ServerResponse, head: Buffer): void {
    const client = response.socket as NonNullable<typeof response.socket>;
    const target = answer.tunnel as Duplex;
    const { head: own, timeouts, websocket } = exchange.route as Route;
    if (exchange.aborted) throw exchange.aborted;
    if (target.destroyed) throw new Problem(problems.badTargetResponse, 'The service broke off the WebSocket at once');
    exchange.status = answer.status;
    own.apply(exchange, answer.headers);
    const switching = switchingHead(answer);
    response.detachSocket(client);
    client.write(switching, 'latin1');
    if (head.length > 0) client.unshift(head);
    this.tunnels.join(exchange, { client, target }, { ...(websocket as WebSocketLimits), silence: timeouts.stream }, () => response.emit('close'));
  }
}

/** What was at hand, as this client gets it. */
function finish(exchange: Exchange, answer: Answer): Answer | Promise<Answer> {
  return ((exchange.route as Route).stored as StoredAnswers).finish(exchange, answer);
}

/** Who may not have what was at hand was answered by nobody's cache. */
function refuseStored(exchange: Exchange, error: unknown, response: ServerResponse): void {
  exchange.cached = null;
  answerProblem(exchange, error, response);
}

/** 102 and 103 pass; other informational statuses have no meaning a client could miss. HTTP/1.0 knows none (RFC 9110 15.2). */
function sendInformational(response: ServerResponse, status: number, headers: HeaderList): void {
  if (response.headersSent || response.destroyed || response.req.httpVersion === '1.0') return;
  if (status === 102) response.writeProcessing();
  const links = headers.all('link').flatMap(splitLinks);
  if (status === 103 && links.length > 0) response.writeEarlyHints({ link: links });
}

/** One of the links of a field (RFC 8288 3): up to a comma that stands neither in quotes nor in a URL. */
const PART = /(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g;
/** What node:http takes for a link; it throws at any other, and a hint is not worth an answer. */
const LINK = /^\s*(<[^>]*>(?:\s*;\s*[^;="\s]+(?:=(?:"[^;"\s]*"|[^;"\s]+))?(?=\s*(?:;|$)))*)/;

/** The links of a field, each up to the first parameter that node:http would refuse. */
function splitLinks(field: string): string[] {
  return (field.match(PART) ?? []).flatMap((part) => LINK.exec(part)?.[1] ?? []);
}
