import { readFileSync } from 'node:fs';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../support/chromium.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { build } from '../support/passerelle.js';

const chromium = await findChromium();

const YAML = `info: { title: Town Hall }
endpoints: { redoc: { at: [/redoc, /] } }
routes:
  detect:
    match: { path: /api/v1/patterns/detect, methods: [POST] }
    to: echo
    authenticate: none
    openapi: { id: detect_patterns, tag: analysis, summary: Detect patterns, description: Looks for *patterns*. }
  secret: { match: { path: /internal/secret }, to: echo, authenticate: none }
`;

/** A proxy that cuts off a prefix, as ingresses do. */
async function stripping(prefix: string, target: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    if (!path.startsWith(`${prefix}/`)) return void response.writeHead(404).end();
    incoming.pipe(ask(target + path.slice(prefix.length), { method: incoming.method, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(response);
    }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

(chromium === null ? describe.skip : describe)('O7: ReDoc in a real browser', () => {
  let browser: Browser;
  let gw: TestGateway;
  let proxy: Server;

  beforeAll(async () => {
    gw = await gateway(YAML);
    proxy = await stripping('/town', gw.url);
    browser = await startChromium(chromium as string);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    proxy.closeAllConnections();
    proxy.close();
    await gw[Symbol.asyncDispose]();
  });

  /** Opens a page, and notes what it asks for and complains of. */
  async function opened(url: string): Promise<{ page: Page; asked: string[]; complaints: string[] }> {
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, asked, complaints };
  }

  it.each([
    ['at its path', () => `${gw.url}/redoc`],
    ['at the root', () => `${gw.url}/`],
    ['behind a proxy that cuts off a prefix', () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/town/redoc`],
  ])('%s it shows operations, searches, and asks nobody else', async (_where, url) => {
    const { page, asked, complaints } = await opened(url());
    const operation = page.getByRole('heading', { name: 'Detect patterns' });
    await operation.waitFor();
    expect(await page.locator('h1').first().innerText()).toContain('Town Hall');
    expect(await page.locator('[data-section-id="tag/analysis"]').count()).toBeGreaterThan(0);
    expect(await page.content()).not.toContain('/internal/secret');
    // The search works in a worker that the page makes of its own script.
    await page.locator('input[type=text]').fill('patterns');
    await page.locator('[role=menuitem]', { hasText: 'Detect patterns' }).first().waitFor();
    const { origin } = new URL(url());
    expect(asked.filter((each) => !each.startsWith(`${origin}/`) && !each.startsWith('data:') && !each.startsWith(`blob:${origin}/`))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);
});

it('O7: the build brings ReDoc and its licences, for an image has no package of it', () => {
  build();
  const sizes = ['redoc.standalone.js', 'redoc.standalone.js.LICENSE.txt', 'LICENSE'].map((file) => readFileSync(`dist/assets/redoc/${file}`).byteLength);
  expect(sizes.every((size) => size > 500)).toBe(true);
}, 180_000);
