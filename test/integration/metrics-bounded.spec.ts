import { seededRandom } from '#libs/testing';
import { gateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';
import { Scrape } from '../support/scrape.js';

const ROUNDS = 20;
/** Every answer ends its connection; this is for none. */
const QUIET = 10_000;

const FILE = `
versions: { names: [v1, v2] }
routes:
  one: { match: { path: "/one/:id" }, to: echo, authenticate: none, cache: { maxAge: 1s }, limit: { rate: 3/h, by: ip } }
  below: { match: { path: "/below/**", methods: [GET, POST] }, to: echo, authenticate: none }
  hosted: { match: { path: "/**", hosts: ["*.example.org"] }, to: echo, authenticate: none }
`;

type Make = (word: () => string) => string;

/** Every kind of request that a client can make up, each with words nobody has seen before. */
const KINDS: readonly Make[] = [
  (word) => `GET /one/${word()} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  (word) => `${word().toUpperCase()} /one/${word()} HTTP/1.1\r\nHost: ${word()}\r\nConnection: close\r\n\r\n`,
  (word) => `POST /below/${word()}/${word()}?${word()}=${word()} HTTP/1.1\r\nHost: ${word()}.example.org\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab`,
  (word) => `PURGE /below/${word()} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  (word) => `GET /${word()}/${word()} HTTP/1.1\r\nHost: ${word()}.com\r\nConnection: close\r\n\r\n`,
  (word) => `GET /${word()} HTTP/1.1\r\nHost: ${word()}.example.org\r\nX-Priority: ${word()}\r\nPriority: u=${word()}\r\nConnection: close\r\n\r\n`,
  (word) => `GET /v1/one/${word()} HTTP/1.1\r\nHost: a\r\nX-API-Version: ${word()}\r\nAccept: application/${word()}\r\nConnection: close\r\n\r\n`,
  (word) => `GET /${word()} HTTP/1.1\r\nHost: a\r\nUpgrade: ${word()}\r\nConnection: Upgrade, ${word()}, close\r\n\r\n`,
  (word) => `GET /health/${word()} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  (word) => `GET /docs/${word()} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  (word) => `GET /one/${word()} HTTP/1.1\r\nHost: a\r\ntraceparent: 00-${word()}\r\nX-Request-ID: ${word()}\r\nAuthorization: Bearer ${word()}\r\nX-Forwarded-For: ${word()}\r\nCookie: ${word()}=${word()}\r\n${word()}: ${word()}\r\nConnection: close\r\n\r\n`,
  (word) => `GET http://${word()}/${word()} HTTP/1.1\r\nHost: ${word()}\r\nConnection: close\r\n\r\n`,
  (word) => `${word()} ${word()}\r\n\r\n`,
];

describe('O2: the number of series', () => {
  it('stays put whatever methods, paths, hosts and headers clients make up', async () => {
    await using gw = await gateway(FILE);
    const random = seededRandom(11);
    const words: string[] = [];
    const word = (): string => {
      words.push(`x${Math.floor(random() * 2 ** 48).toString(36)}`);
      return words.at(-1) as string;
    };
    const storm = async (rounds: number): Promise<void> => {
      for (let i = 0; i < rounds; i++) await Promise.all(KINDS.map((make) => raw(gw.port, make(word), QUIET)));
    };
    // All that is allowed of one address is used up in the first storm, so that every outcome was there.
    await storm(6);
    await Scrape.of(gw);
    const before = await Scrape.of(gw);
    await storm(ROUNDS);
    const after = await Scrape.of(gw);
    expect(after.series.filter((name) => name.startsWith('gateway_') && !before.series.includes(name))).toEqual([]);
    expect(words.filter((one) => after.text.includes(one))).toEqual([]);
    expect(after.value('gateway_requests_total', { endpoint: '(unmatched)', method: 'GET' })).toBeGreaterThan(ROUNDS);
  }, 60_000);
});
