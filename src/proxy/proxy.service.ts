import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { joinTunnel } from '#libs/forwarder';
import type { Answer, Exchange, HeaderList } from '#libs/kernel';
import { admitAll } from '../auth/admit.js';
import { answerProblem } from '../http/answer-problem.js';
import { FrontDoor } from '../http/front-door.js';
import { writeAnswer } from '../http/write-answer.js';

/** Step 5: runs the route's compiled interceptors around the forwarder and sends what comes back. */
@Injectable()
export class ProxyService {
  constructor(door: FrontDoor) {
    door.onUpgrade((exchange, response, head) => void this.upgrade(exchange, response, head));
  }

  async forward(exchange: Exchange, response: ServerResponse): Promise<void> {
    exchange.informational = (status, headers) => sendInformational(response, status, headers);
    try {
      writeAnswer(exchange, await this.#handle(exchange), response);
    } catch (error) {
      answerProblem(exchange, error, response);
    }
  }

  /** The same checks and the same interceptors; with a 101 the two connections are joined. */
  async upgrade(exchange: Exchange, response: ServerResponse, head: Buffer): Promise<void> {
    try {
      await admitAll(exchange);
      const answer = await this.#handle(exchange);
      if (answer.tunnel) this.#tunnel(exchange, answer, response, head);
      else writeAnswer(exchange, answer, response);
    } catch (error) {
      answerProblem(exchange, error, response);
    }
  }

  #handle(exchange: Exchange): Promise<Answer> {
    return (exchange.route as NonNullable<Exchange['route']>).handle(exchange);
  }

  #tunnel(exchange: Exchange, answer: Answer, response: ServerResponse, head: Buffer): void {
    const client = response.socket as Duplex;
    const target = answer.tunnel as Duplex;
    exchange.status = answer.status;
    exchange.route?.head.apply(exchange, answer.headers);
    response.detachSocket(response.socket as NonNullable<typeof response.socket>);
    client.write(switchingHead(answer));
    if (head.length > 0) client.unshift(head);
    joinTunnel(client, target, () => response.emit('close'));
  }
}

/** RFC 9110 7.8: the two hop-by-hop fields of the switch are ours to write. */
function switchingHead({ status, headers: { flat } }: Answer): string {
  let text = `HTTP/1.1 ${status} Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  for (let i = 0; i < flat.length; i += 2) text += `${flat[i]}: ${flat[i + 1]}\r\n`;
  return `${text}\r\n`;
}

/** 102 and 103 pass; other informational statuses have no meaning a client could miss. */
function sendInformational(response: ServerResponse, status: number, headers: HeaderList): void {
  if (response.headersSent || response.destroyed) return;
  if (status === 102) response.writeProcessing();
  const links = headers.all('link');
  if (status === 103 && links.length > 0) response.writeEarlyHints({ link: links });
}
