import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { Exchange, type Route } from '#libs/kernel';
import { SlowClient } from './slow-client.js';

describe('a client that is waited for', () => {
  const limit = 1_000;
  let exchange: Exchange;
  let response: ServerResponse;

  beforeEach(() => {
    jest.useFakeTimers();
    exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
    exchange.route = { timeouts: { write: limit } } as Route;
    const socket = new Socket();
    response = new ServerResponse(new IncomingMessage(socket));
    response.assignSocket(socket);
  });
  afterEach(() => {
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
  });

  it('may be slow any number of times, which takes one listener', () => {
    const client = new SlowClient(exchange, response);
    const before = response.listenerCount('close');
    for (let i = 0; i < 50; i++) {
      client.waits();
      client.waits();
      jest.advanceTimersByTime(limit - 1);
      client.took();
    }
    jest.advanceTimersByTime(2 * limit);
    expect(response.listenerCount('close')).toBe(before + 1);
    expect([exchange.aborted, response.destroyed]).toEqual([null, false]);
  });

  it('is given up once it takes nothing for too long', () => {
    const client = new SlowClient(exchange, response);
    client.waits();
    client.took();
    jest.advanceTimersByTime(5 * limit);
    client.waits();
    jest.advanceTimersByTime(limit);
    expect([exchange.status, exchange.aborted, response.destroyed]).toEqual([499, exchange.problem, true]);
  });

  it('is not waited for where the answer waits for another before it', () => {
    response.detachSocket(response.socket as Socket);
    new SlowClient(exchange, response).waits();
    jest.advanceTimersByTime(2 * limit);
    expect(exchange.aborted).toBeNull();
  });
});
