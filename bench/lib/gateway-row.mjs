import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './ask.mjs';
import { residentMegabytes } from './process-tree.mjs';
import { findBinary } from './places.mjs';
import { freePort, stop } from './processes.mjs';
import { say, shout, sleep } from './say.mjs';
import { median } from './statistics.mjs';
import { body, path } from './upstream.mjs';

const POLL_MS = 5;
const START_LIMIT_MS = 20_000;

/** One line of the result: a peer, its running process and what was measured. A failure ends the row, not the run. */
export class GatewayRow {
  rounds = [];

  constructor(peer) {
    Object.assign(this, { peer, name: peer.name, kind: peer.kind });
  }

  /** Several starts for a median; the last instance stays. */
  async start({ upstream, dir, starts, settleMs }) {
    if (this.peer.needs && !findBinary(this.peer.needs)) throw new Error(`${this.peer.needs} is not installed`);
    const times = [];
    for (let i = 0; i < starts; i++) {
      stopRow(this);
      times.push(await this.#startOnce(upstream, dir));
    }
    this.startMs = median(times);
    this.version = this.peer.version();
    await sleep(settleMs);
    this.idleMB = residentMegabytes(this.child.pid);
  }

  async #startOnce(upstream, dir) {
    const port = await freePort();
    const own = join(dir, this.name.replaceAll('/', '-'));
    mkdirSync(own, { recursive: true });
    this.url = `http://127.0.0.1:${port}${path}`;
    const begin = performance.now();
    this.child = this.peer.start({ port, upstream, dir: own, log: join(own, 'output.log') });
    await this.#untilItAnswers(begin);
    return performance.now() - begin;
  }

  async #untilItAnswers(begin) {
    let last = 'no connection';
    while (performance.now() - begin < START_LIMIT_MS) {
      if (this.child.failure) throw this.child.failure;
      last = await ask(this.url, this.headers[0]).then(({ status }) => status, (error) => error.code ?? error.message);
      if (last === 200) return;
      await sleep(POLL_MS);
    }
    throw new Error(`no 200 within ${START_LIMIT_MS} ms, last: ${last}`);
  }

  get headers() {
    return this.peer.headers ?? [{}];
  }

  /** Nothing is measured that does not answer right. */
  async check() {
    for (const headers of this.headers) {
      const answer = await ask(this.url, headers);
      if (answer.status !== 200 || answer.body !== body) throw new Error(`expected 200 and the upstream's body, got ${answer.status}: ${answer.body.slice(0, 200)}`);
    }
    for (const { what, headers, status } of this.peer.refuses ?? []) {
      const answer = await ask(this.url, headers);
      if (answer.status !== status) throw new Error(`${what}: expected ${status}, got ${answer.status}`);
    }
  }

  /** Runs one step; whatever goes wrong in it takes this row, and only this row, out of the run. */
  async attempt(what, step) {
    if (this.error) return;
    try {
      say(`${this.name}: ${what}`);
      await step(this);
    } catch (error) {
      if (this.peer.essential) throw error;
      // The details may name this machine's folders: they go to the console, the report gets the first line.
      this.error = `${what}: ${error.message.split('\n')[0]}`;
      shout(`${this.name} is out: ${what}: ${error.message}`);
      stopRow(this);
    }
  }
}

const stopRow = ({ child }) => child && stop(child);
