import { setTimeout as sleep } from 'node:timers/promises';
import { gateway, type TestGateway } from '../../support/gateway.js';
import { fill } from './answers.js';
import { check, type Run } from './check.js';
import { Client } from './client.js';
import { scriptedOrigin, type Origin, type Script } from './origin.js';
import type { Case, Step } from './steps.js';

/**
 * A strict shared cache, and what a route says of it. Retries and breakers are off unless asked for: the origin is asked
 * once for each time the cache asks.
 */
const fileWith = (cache: string): string => `
services: { echo: { targets: "\${ORIGIN}" } }
routes: { all: { match: { path: /** }, to: echo, authenticate: none, cache: ${cache} } }
`;

/** A gateway with a cache, an origin behind it and a client before it. */
export class Bench implements AsyncDisposable {
  #cases = 0;

  private constructor(readonly origin: Origin, readonly gateway: TestGateway, readonly client: Client) {}

  static async start(file = fileWith('{}')): Promise<Bench> {
    const origin = await scriptedOrigin();
    const started = await gateway(file, { env: { ORIGIN: origin.url } });
    return new Bench(origin, started, new Client(started.url));
  }

  /** A place of its own for a case: no other one shares its URLs. */
  script(): Script {
    const name = `c${++this.#cases}`;
    const script: Script = { place: { path: `/${name}`, gateway: this.gateway.url }, answers: [], asked: [] };
    this.origin.scripts.set(name, script);
    return script;
  }

  async run({ steps }: Case): Promise<void> {
    const script = this.script();
    const run: Run = { script, replies: [], log: [] };
    for (const step of steps) await this.#step(step, run);
  }

  async #step(step: Step, run: Run): Promise<void> {
    if (step.pause) {
      await sleep(step.pause);
      return;
    }
    const { script } = run;
    const before = script.asked.length;
    script.answers.length = 0;
    for (const answer of [step.answer, step.again ?? step.behind]) if (answer) script.answers.push(answer);
    const lines = (step.send ?? []).map((line) => fill(line, script.place));
    const reply = await this.client.send(step.method ?? 'GET', script.place.path + (step.path ?? ''), lines, step.content);
    const expected = step.behind ? before + 1 : 0;
    for (let tries = 0; script.asked.length < expected && tries < 500; tries++) await sleep(20);
    check(step, reply, before, run);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.gateway[Symbol.asyncDispose]();
    await this.origin[Symbol.asyncDispose]();
  }
}

/**
 * One gateway for the sections of a file, which are lists of cases by title. All cases run at once, each on URLs of its
 * own, before the first is reported: those that have to wait for a second wait for the same one.
 *
 * @param cache what the route says of its cache, as in the file.
 */
export function conformance(title: string, sections: Readonly<Record<string, readonly Case[]>>, cache = '{}'): void {
  describe(title, () => {
    const failures = new Map<Case, unknown>();
    const told = new Set<Case>();

    beforeAll(async () => {
      await using bench = await Bench.start(fileWith(cache));
      await Promise.all(Object.values(sections).flat().map((one) => bench.run(one).catch((error: unknown) => failures.set(one, error))));
    }, 120_000);

    describe.each(Object.entries(sections))('%s', (_section, cases) => {
      it.each(cases.map((one) => ({ ...one, one })))('$rfc, $level: $name', async ({ one }) => {
        if (!failures.has(one)) return;
        if (!told.has(one)) {
          told.add(one);
          throw failures.get(one);
        }
        // Jest repeats what failed: so is the case, and this time alone.
        await using bench = await Bench.start(fileWith(cache));
        await bench.run(one);
      });
    });
  });
}
