// Requests at a rate that does not care what becomes of them, over plain sockets: cheap enough for one core to offer more than a
// gateway on another one can take. A request is timed from the moment it was due. Its client gives up at a deadline and hangs up, as
// people do; earlier where it has not even got a connection, for a request that leaves just before its deadline is nothing but work.
import { connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Tally } from './tally.mjs';

const { connections, deadlineMs, phases, port, requests } = JSON.parse(process.argv[2]);
/** Of the deadline: how long a request waits for a connection. */
const PATIENCE = 0.25;
const HEAD_END = Buffer.from('\r\n\r\n');
const plan = requests.flatMap(({ headers = [{}], name, path, share }) => {
  const texts = headers.map((fields) => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${Object.entries(fields).map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`));
  return Array.from({ length: share }, () => ({ name, texts }));
});
// The kinds take turns in an order that spreads them, not in blocks; the same in every run.
const stride = [7, 11, 13, 17].find((step) => plan.length % step !== 0);
const kinds = plan.map((_, index) => plan[(index * stride) % plan.length]);

const tally = new Tally(phases);
const lag = monitorEventLoopDelay({ resolution: 1 });
const free = [];
const waiting = [];
const away = new Set();
let head = 0;
let open = 0;
let sent = 0;
let begin = performance.now();

function dispatch(request) {
  const connection = free.pop();
  if (connection) return connection.send(request);
  if (open < connections) return new Connection(request);
  waiting.push(request);
}

class Connection {
  #request = null;
  #got = 0;
  #need = 0;
  #status = 0;
  #rest = null;
  #socket;

  constructor(first) {
    open++;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#closed());
    this.send(first);
  }

  send(request) {
    this.#request = request;
    request.connection = this;
    this.#got = this.#need = 0;
    away.add(request);
    this.#socket.write(request.text);
  }

  /** Answers of the gateway have a length, and nothing is sent on a connection before the answer is whole. */
  #read(chunk) {
    if (this.#need === 0) {
      const text = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
      const end = text.indexOf(HEAD_END);
      if (end === -1) { this.#rest = text; return; }
      this.#rest = null;
      const top = text.latin1Slice(0, end);
      this.#status = Number(top.slice(9, 12));
      this.#need = end + 4 + Number(/\ncontent-length: *(\d+)/i.exec(top)?.[1] ?? Number.NaN);
      if (Number.isNaN(this.#need)) throw new Error(`an answer has no length: ${top}`);
      this.#got = text.length;
    } else this.#got += chunk.length;
    if (this.#got >= this.#need) this.#answered();
  }

  #answered() {
    const request = this.#request;
    this.#request = null;
    if (request && away.delete(request)) tally.done(request, String(this.#status), performance.now() - begin);
    this.#next();
  }

  #next() {
    while (head < waiting.length) {
      const request = waiting[head];
      waiting[head++] = undefined;
      if (!request.over) return this.send(request);
    }
    waiting.length = head = 0;
    free.push(this);
  }

  #closed() {
    open--;
    const at = free.indexOf(this);
    if (at !== -1) free.splice(at, 1);
    if (this.#request && away.delete(this.#request)) tally.done(this.#request, 'broken', performance.now() - begin);
    const request = waiting[head];
    if (request) { waiting[head++] = undefined; dispatch(request); }
  }

  hangUp() {
    this.#request = null;
    this.#socket.destroy();
  }
}

/** Both lists are in the order in which requests were due. */
function giveUp(now) {
  for (const request of away) {
    if (request.due + deadlineMs > now) break;
    away.delete(request);
    tally.done(request, 'too late', now);
    request.connection.hangUp();
  }
  for (; head < waiting.length && waiting[head].due + deadlineMs * PATIENCE <= now; head++) {
    tally.done(waiting[head], 'no connection', now);
    waiting[head] = undefined;
  }
}

// Everything is warm and the clock of the plan starts with the first tick.
lag.enable();
begin = performance.now();
const timer = setInterval(() => {
  const now = performance.now() - begin;
  for (; sent < tally.total && tally.due(sent) <= now; sent++) {
    const { name, texts } = kinds[sent % kinds.length];
    dispatch({ name, text: texts[sent % texts.length], due: tally.due(sent), connection: null });
  }
  giveUp(now);
  if (sent < tally.total || away.size > 0 || head < waiting.length) return;
  clearInterval(timer);
  process.send({ phases: tally.result(), lagP99Ms: lag.percentile(99) / 1e6 }, () => process.exit(0));
}, 1);
