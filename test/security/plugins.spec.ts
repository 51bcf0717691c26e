import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '#libs/testing';
import { FrontDoor } from '../../src/http/front-door.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';
import { refused, socketService } from '../support/websocket.js';

/** Interceptors that do what they should not; `options.does` says which of it. */
const PLUGIN = `
import { z } from 'zod';
const deeds = {
  split: async (exchange, next) => { const answer = await next(exchange); answer.headers.append('X-Copied', 'a\\r\\nX-Injected: 1'); return answer; },
  explain: (exchange, next) => next(exchange).catch((problem) => { problem.extras.headers = { 'X-Why': 'a\\r\\nX-Injected: 1' }; throw problem; }),
  nothing: () => { throw undefined; },
  none: async () => undefined,
  late: async (exchange, next) => { const answer = await next(exchange); setImmediate(() => answer.body?.push(Buffer.from('late'))); return answer; },
};
export const bad = { kind: 'interceptor', name: 'bad', schema: z.strictObject({ does: z.string() }), create: ({ does }) => ({ intercept: deeds[does] }) };
`;
const DEEDS = ['split', 'explain', 'nothing', 'none', 'late'] as const;

describe('plugins that misbehave', () => {
  let folder: string;
  let gw: TestGateway;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'passerelle-plugin-'));
    await writeFile(join(folder, 'bad.mjs'), PLUGIN.replace("'zod'", JSON.stringify(import.meta.resolve('zod'))));
    const routes = DEEDS.map((does) => `  ${does}: { match: { path: /${does} }, to: ${does === 'explain' ? 'gone' : 'echo'}, authenticate: none, interceptors: [{ use: bad, does: ${does} }] }\n`).join('');
    gw = await gateway(`server: { plugins: ["${join(folder, 'bad.mjs')}"] }\nservices: { echo: { targets: "\${ECHO}" }, gone: { targets: "http://127.0.0.1:1" } }\nroutes:\n${routes}`, { echo: await socketService() });
  });
  afterAll(async () => {
    await gw[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it.each(['split', 'explain', 'nothing', 'none'])('%s: 500 for a request, and for a WebSocket', async (does) => {
    const { status, text } = await raw(gw.port, `GET /${does} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(status).toBe(500);
    expect(text).toContain('HTTP/1.1 500 Internal Server Error\r\n');
    const upgrade = await refused(`${gw.url}/${does}`);
    expect(upgrade.status).toBe(500);
    for (const said of [text, JSON.stringify(upgrade)]) expect(said).not.toMatch(/x-injected/i);
    await until(() => gw.gateway.app.get(FrontDoor).active === 0);
  });

  it('late: what follows an answer is not part of it', async () => {
    const { status, text } = await raw(gw.port, 'GET /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(status).toBe(200);
    expect(text).not.toContain('late"late');
    expect((await gw.fetch('/late')).status).toBe(200);
  });
});
