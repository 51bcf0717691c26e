import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../support/chromium.js';
import { presencepro, type PresencePro } from '../platforms/presencepro.fixture.js';

const chromium = await findChromium();

interface Site {
  readonly origin: string;
  readonly server: Server;
}

/** Serves the page from an origin of its own. */
async function site(): Promise<Site> {
  const page = await readFile(new URL('browser.frontend.html', import.meta.url));
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/?')) response.setHeader('content-type', 'text/html').end(page);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

(chromium === null ? describe.skip : describe)('T12: a real browser, with a page of another origin, through PresencePro’s gateway', () => {
  let browser: Browser;
  let platform: PresencePro;
  let ours: Site;
  let theirs: Site;
  let page: Page;

  beforeAll(async () => {
    ours = await site();
    theirs = await site();
    platform = await presencepro({ env: { CORS_ORIGINS: ours.origin } });
    browser = await startChromium(chromium as string);
    page = await opened(ours);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    for (const { server } of [ours, theirs]) {
      server.closeAllConnections();
      server.close();
    }
    await platform[Symbol.asyncDispose]();
  });

  async function opened({ origin }: Site): Promise<Page> {
    const fresh = await browser.newPage();
    await fresh.goto(`${origin}/?gateway=${platform.url}`);
    return fresh;
  }

  it('signs in and reads lists after a preflight, and sees its request id', async () => {
    expect(await page.evaluate('app.login("admin")')).toBe(200);
    const users = await page.evaluate<{ status: number; sent: string; id: string; body: unknown }>('app.get("/api/v1/users")');
    expect(users).toMatchObject({ status: 200, id: users.sent, body: { total: expect.any(Number) } });
    const metrics = await (await platform.fetch('/metrics')).text();
    expect(metrics).toMatch(/^gateway_requests_total\{method="OPTIONS",endpoint="\/api\/v1\/users\/\*\*",status_code="204"\} \d+$/m);
  });

  it('follows a service’s redirect, which leads to the gateway again', async () => {
    await page.evaluate('app.login("admin")');
    expect(await page.evaluate('app.get("/api/v1/students?class_id=1")')).toMatchObject({ status: 200, redirected: true, body: { total: 12 } });
  });

  it('can read why it was refused', async () => {
    expect(await page.evaluate('app.login("etudiant")')).toBe(200);
    expect(await page.evaluate('app.get("/api/v1/users")')).toMatchObject({ status: 403, id: expect.stringMatching(/^req_page_/), body: { message: 'Accès refusé pour votre rôle' } });
    expect(await page.evaluate('app.get("/api/v1/unknown")')).toMatchObject({ status: 404, body: { message: 'Route non trouvée' } });
  });

  it('downloads a file under its name', async () => {
    await page.evaluate('app.login("enseignant")');
    expect(await page.evaluate('app.download("/api/v1/attendance/export")')).toEqual({ disposition: 'attachment; filename="presences.csv"', type: 'text/csv; charset=utf-8' });
  });

  it('uploads a form with a file', async () => {
    await page.evaluate('app.login("enseignant")');
    expect(await page.evaluate('app.upload(2_000_000)')).toMatchObject({ status: 201, body: { data: { attachments: [{ name: 'certificat.pdf', size: 2_000_000 }] } } });
  });

  it('hears events of an EventSource', async () => {
    await page.evaluate('app.login("admin")');
    expect(await page.evaluate('app.listen()')).toMatchObject({ user_id: 1, title: 'Bonjour' });
  });

  it('sends and hears messages over a WebSocket, and closes it cleanly', async () => {
    await page.evaluate('app.login("enseignant")');
    expect(await page.evaluate('app.chat(1, "Bonjour")')).toMatchObject({
      frames: [{ type: 'conversation_joined' }, { type: 'new_message', data: { content: 'Bonjour', sender_id: 2 } }], code: 1_000,
    });
  });

  it('shows the camera in an <img>', async () => {
    await page.evaluate('app.login("parent")');
    expect(await page.evaluate('app.watch()')).toEqual([96, 54]);
  });

  it('keeps the pages of other origins out', async () => {
    const stranger = await opened(theirs);
    await expect(stranger.evaluate('app.login("admin")')).rejects.toThrow('Failed to fetch');
    await expect(stranger.evaluate('app.get("/health")')).rejects.toThrow('Failed to fetch');
    const token = await platform.login('admin');
    await stranger.evaluate(`token = ${JSON.stringify(token)}`);
    await expect(stranger.evaluate('app.listen()')).rejects.toThrow('refused');
    await expect(stranger.evaluate('app.chat(1, "Bonjour")')).rejects.toThrow('refused');
    await stranger.close();
  });

  it('O7: shows the documentation, with nothing from elsewhere', async () => {
    const docs = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    docs.on('request', (request) => asked.push(request.url()));
    docs.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    await docs.goto(`${platform.url}/docs`);
    await docs.locator('.swagger-ui .info .title').waitFor();
    expect(await docs.locator('.swagger-ui .info .title').innerText()).toContain('PresencePro Gateway');
    expect(asked.filter((url) => !url.startsWith(platform.url) && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
    await docs.close();
  });
});
