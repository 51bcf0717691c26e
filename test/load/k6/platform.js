// What the scripts ask for, on which platform, as whom. PLATFORM chooses a part of ../platforms.json, BASE_URL says where its
// gateway is. Who asks is TOKEN, or LOGIN and PASSWORD, or, where services sign tokens, whoever has their secret.
import { check } from 'k6';
import crypto from 'k6/crypto';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';

const table = JSON.parse(open('../platforms.json'));
const name = __ENV.PLATFORM || 'presencepro';
if (!(name in table)) throw new Error(`PLATFORM=${name}: there are ${Object.keys(table).join(', ')}`);

export const platform = table[name];
export const base = (__ENV.BASE_URL || platform.url).replace(/\/+$/, '');
const account = { login: __ENV.LOGIN || platform.account?.login, password: __ENV.PASSWORD || platform.account?.password };

/** What is promised, as thresholds; of a scenario, where several have promises of their own. */
export function promises(of = '') {
  const { errors, p95, p99 } = platform.objectives;
  return { [`http_req_failed${of}`]: [`rate<${errors}`], [`http_req_duration${of}`]: [`p(95)<${p95}`, `p(99)<${p99}`] };
}

/** @param value of an environment variable. */
export const number = (value, otherwise) => (value ? Number(value) : otherwise);

/** A scenario with so many new iterations a second, whatever becomes of those before. */
export const steady = (fn, rate, duration) => ({
  executor: 'constant-arrival-rate', exec: fn, rate, timeUnit: '1s', duration, preAllocatedVUs: Math.ceil(rate / 4), maxVUs: Math.max(10, rate * 2),
});

export const needs = (what, of) => {
  if (of === undefined || of === null) throw new Error(`${name} has no ${what}: choose another PLATFORM`);
  return of;
};

const filled = (body) => JSON.stringify(body).replace('{login}', account.login).replace('{password}', account.password);
const json = { 'Content-Type': 'application/json' };
const post = ({ body, path }, tags) => http.post(base + path, filled(body), { headers: json, responseType: 'text', tags: { name: path, ...tags } });

function signed({ claims, secret }) {
  const key = __ENV[secret];
  if (!key) throw new Error(`set TOKEN, or ${secret} to sign one`);
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => encoding.b64encode(JSON.stringify(value), 'rawurl');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, iat: now, exp: now + 86_400 })}`;
  return `${text}.${crypto.hmac('sha256', key, text, 'base64rawurl')}`;
}

/** `setup` of every script: one caller for all of it. */
export function caller() {
  if (__ENV.TOKEN) return { token: __ENV.TOKEN };
  if (platform.sign) return { token: signed(platform.sign) };
  // Whoever is registered already stays so.
  if (platform.register) http.post(base + platform.register.path, filled(platform.register.body), { headers: json, responseCallback: null });
  const answer = post(platform.login);
  if (answer.status !== 200) throw new Error(`${account.login} cannot sign in: ${answer.status} ${answer.body}`);
  return { token: answer.json()[platform.login.token] };
}

export const as = ({ token }, path) => ({ headers: { Authorization: `Bearer ${token}` }, tags: { name: path } });

const well = (answer, what) => check(answer, { [`${what}: 2xx`]: ({ status }) => status >= 200 && status < 300 });

export function read(who, path) {
  const answer = http.get(base + path, as(who, path));
  well(answer, `GET ${path}`);
  return answer;
}

export function write(who, { body, method, path }) {
  const { headers, tags } = as(who, path);
  well(http.request(method, base + path, JSON.stringify(body), { headers: { ...headers, ...json }, tags }), `${method} ${path}`);
}

export function login() {
  well(post(platform.login), 'login');
}

/** Four reads for each write. */
export function mix(who) {
  const turn = exec.scenario.iterationInTest;
  const { reads, writes } = platform;
  if (turn % 5 === 4) write(who, writes[Math.floor(turn / 5) % writes.length]);
  else read(who, reads[turn % reads.length]);
}
