import { once } from 'node:events';
import { request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { echoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

const route = (settings = ''): string => `routes: { live: { match: { path: /** }, to: echo, authenticate: none${settings} } }`;
const EVENTS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** A client that sees bytes when they come. */
class Listener {
  text = '';
  ended = false;
  #wake: () => void = () => {};

  constructor(readonly answer: IncomingMessage) {
    answer.setEncoding('utf8').on('data', (part: string) => { this.text += part; this.#wake(); });
    answer.on('error', () => {}).on('close', () => { this.ended = true; this.#wake(); });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Listener> {
    const sent = request(url, { headers, agent: false });
    sent.on('error', () => {}).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return new Listener(answer);
  }

  /** Resolves when the text is there, or the stream is over. */
  async until(part: string): Promise<string> {
    while (!this.text.includes(part) && !this.ended) await new Promise<void>((resolve) => { this.#wake = resolve; });
    return this.text;
  }

  leave(): void {
    this.answer.destroy();
  }
}

/** A service whose open answers a test can write to. */
async function streaming(headers: Record<string, string>): Promise<{ echo: Awaited<ReturnType<typeof echoService>>; next: () => Promise<ServerResponse> }> {
  const waiting: ((response: ServerResponse) => void)[] = [];
  const listener: RequestListener = (_request, response) => {
    response.writeHead(200, headers);
    response.flushHeaders();
    waiting.shift()?.(response);
  };
  return { echo: await echoService(listener), next: () => new Promise((resolve) => waiting.push(resolve)) };
}

describe('T12: Server-Sent Events', () => {
  it('brings the head before there is an event, and each event at once', async () => {
    const { echo, next } = await streaming(EVENTS);
    await using gw = await gateway(route(), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/events`, { accept: 'text/event-stream', 'accept-encoding': 'gzip, br, zstd' });
    const stream = await arrival;
    expect(listener.answer.headers).toMatchObject(EVENTS);
    expect(listener.answer.headers['content-encoding']).toBeUndefined();
    expect(listener.answer.headers['content-length']).toBeUndefined();
    for (const event of ['data: one\n\n', ': comment\n\n', 'id: 3\nevent: x\ndata: three\n\n']) {
      const before = listener.text;
      stream.write(event);
      // Nothing more is sent until this one has come through.
      expect(await listener.until(event)).toBe(before + event);
    }
    listener.leave();
  });

  it('tells the service where the client left off', async () => {
    const { echo, next } = await streaming(EVENTS);
    await using gw = await gateway(route(), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/events`, { 'last-event-id': '41', accept: 'text/event-stream' });
    const { req } = await arrival;
    expect(req.headers).toMatchObject({ 'last-event-id': '41', accept: 'text/event-stream' });
    listener.leave();
  });

  it('goes on after silence longer than timeout.idle, and after timeout.total', async () => {
    const { echo, next } = await streaming(EVENTS);
    await using gw = await gateway(route(', timeout: { idle: 1s, total: 3s, stream: 15s }'), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/events`);
    const stream = await arrival;
    stream.write('data: one\n\n');
    await listener.until('one');
    await wait(3_500);
    stream.write('data: two\n\n');
    expect(await listener.until('two')).toBe('data: one\n\ndata: two\n\n');
    listener.leave();
  });

  it('ends after silence longer than timeout.stream, on both sides', async () => {
    const { echo, next } = await streaming(EVENTS);
    await using gw = await gateway(route(', timeout: { stream: 2s }'), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/events`);
    const stream = await arrival;
    stream.write('data: one\n\n');
    await once(stream, 'close');
    await listener.until('never');
    expect(listener).toMatchObject({ text: 'data: one\n\n', ended: true });
  });

  it('ends the request to the service when the client leaves', async () => {
    const { echo, next } = await streaming(EVENTS);
    await using gw = await gateway(route(), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/events`);
    const stream = await arrival;
    const gone = once(stream, 'close');
    listener.leave();
    await gone;
    expect(stream.writableFinished).toBe(false);
  });

  it('ends for the client when the service ends it', async () => {
    const { echo, next } = await streaming(EVENTS);
    await using gw = await gateway(route(), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/events`);
    (await arrival).end('data: last\n\n');
    await listener.until('never');
    expect(listener).toMatchObject({ text: 'data: last\n\n', ended: true, answer: { complete: true } });
  });
});

describe('T12: long polling and endless parts', () => {
  it('waits for an answer within timeout.firstByte', async () => {
    const waiting = Promise.withResolvers<ServerResponse>();
    await using echo = await echoService((_request, response) => waiting.resolve(response));
    await using gw = await gateway(route(', timeout: { firstByte: 15s, idle: 100ms }'), { echo });
    const answer = gw.fetch('/poll?since=7');
    const response = await waiting.promise;
    await wait(300);
    response.setHeader('content-type', 'application/json').end('{"new":1}');
    expect((await answer).json()).toEqual({ new: 1 });
  });

  it('lets a client give up and ask again', async () => {
    const responses: ServerResponse[] = [];
    const arrived = Promise.withResolvers<void>();
    await using echo = await echoService((_request, response) => { responses.push(response); if (responses.length === 1) arrived.resolve(); else response.end('now'); });
    await using gw = await gateway(route(), { echo });
    const first = request(`${gw.url}/poll`, { agent: false });
    first.on('error', () => {}).end();
    await arrived.promise;
    const gone = once(responses[0] as ServerResponse, 'close');
    first.destroy();
    await gone;
    expect((await gw.fetch('/poll')).text).toBe('now');
  });

  it('passes multipart/x-mixed-replace part by part, beyond timeout.total and untouched', async () => {
    const { echo, next } = await streaming({ 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    await using gw = await gateway(route(', timeout: { total: 3s }'), { echo });
    const arrival = next();
    const listener = await Listener.open(`${gw.url}/camera`, { 'accept-encoding': 'gzip' });
    const stream = await arrival;
    expect(listener.answer.headers['content-encoding']).toBeUndefined();
    for (let i = 0; i < 6; i++) {
      stream.write(`--frame\r\nContent-Type: text/plain\r\n\r\npart ${i}\r\n`);
      expect(await listener.until(`part ${i}`)).toContain(`part ${i}`);
      await wait(600);
    }
    const gone = once(stream, 'close');
    listener.leave();
    await gone;
  });
});
