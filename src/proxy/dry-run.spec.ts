import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { p2c } from '#libs/balancing';
import { systemClock, type Extension } from '#libs/kernel';
import { jwt } from '../auth/index.js';
import { NoRevocations } from '../auth/revocations.js';
import { loadConfig } from '../config/index.js';
import type { DryRequest } from './dry-request.js';
import { DryRun, type DryOutcome } from './dry-run.js';

const PLAIN: DryRequest = { method: 'GET', target: '/a/1', headers: ['Host', 'gw'], body: null, secure: false, peer: '127.0.0.1', caller: null };
const CALLER = { id: '7', roles: ['x'], permissions: [], scopes: [], claims: {} };

const builtIns = [jwt, p2c] as unknown as readonly Extension[];

async function dried(settings: string, request: Partial<DryRequest> = {}, rest = ''): Promise<DryOutcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-dry-'));
  const file = path.join(folder, 'gateway.yaml');
  const head = 'version: 1\nauthenticate: { users: { use: jwt, secret: "${KEY}" } }\nservices: { a: { targets: "http://127.0.0.1:1/base" } }\n';
  writeFileSync(file, `${head}routes: { a: { match: { path: /a/** }, to: a, ${settings} } }\n${rest}`);
  const loaded = await loadConfig({ file, env: { KEY: 'k'.repeat(40) }, builtIns });
  rmSync(folder, { recursive: true });
  const dry = new DryRun(loaded, { clock: systemClock, random: () => 0, resolve: <T>() => new NoRevocations() as T });
  try {
    return await dry.run({ ...PLAIN, ...request });
  } finally {
    await dry.close();
  }
}

it('opens no socket, and leaves no timer', async () => {
  const connect = jest.spyOn(Socket.prototype, 'connect');
  const timers = jest.spyOn(globalThis, 'setTimeout');
  const { exchange, forwarded } = await dried('authenticate: none, redirects: follow');
  expect(forwarded).toBe(true);
  expect(connect).not.toHaveBeenCalled();
  // Only the clock all alarms share, which keeps no process alive; this exchange's own is cleared.
  expect(timers.mock.results.every(({ value }) => !(value as NodeJS.Timeout).hasRef())).toBe(true);
  expect(exchange.deadline?.after).toBe(exchange.deadline);
  jest.restoreAllMocks();
});

it('is refused by no limit, and knows who else refuses', async () => {
  const limit = 'limit: [{ rate: 1/h, cost: 1, early: on }, { use: quota, rate: 1/day }]';
  expect((await dried(`${limit}, authenticate: users`)).refusal).toMatchObject({ by: 'access' });
  expect((await dried(`${limit}, authenticate: none`)).forwarded).toBe(true);
});

it.each([
  ['none', CALLER, null, true],
  ['users', CALLER, 'users', true],
  ['users', { ...CALLER, authenticator: 'other' }, 'other', false],
  ['users', null, undefined, false],
])('authenticate: %s with %j is judged like the real thing', async (authenticate, caller, authenticator, forwarded) => {
  const outcome = await dried(`authenticate: ${authenticate}`, { caller });
  expect(outcome.forwarded).toBe(forwarded);
  expect(outcome.exchange.principal?.authenticator).toBe(authenticator ?? undefined);
});

it('refuses what the edge refuses, before routes are looked at', async () => {
  const { explanation, refusal } = await dried('authenticate: none', { headers: ['Host', 'a', 'Host', 'b'] });
  expect(explanation).toBeNull();
  expect(refusal).toMatchObject({ by: 'routing', problem: { type: { code: 'malformed-request' } } });
});

it('hides paths from strangers where the file says so, and tells why all the same', async () => {
  const { answer, explanation, refusal } = await dried('authenticate: none', { target: '/b' }, 'unmatched: { unauthenticated: 401 }\n');
  expect(answer?.status).toBe(401);
  expect(refusal?.by).toBe('routing');
  expect(explanation).toMatchObject({ winner: null });
});

it('is an upgrade where the request says so', async () => {
  const { exchange } = await dried('authenticate: none', { headers: ['Host', 'gw', 'Connection', 'Upgrade', 'Upgrade', 'websocket'] });
  expect(exchange.upgrade).toBe('websocket');
});
