import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { echoService, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';

const BOUNDARY = 'a-boundary';
const TYPE = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
const MIB = 1024 * 1024;

const head = (name: string, file?: { name: string; type: string }): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${file.name}"\r\nContent-Type: ${file.type}` : ''}\r\n\r\n`;
const END = `\r\n--${BOUNDARY}--\r\n`;
const photo = (type = 'image/png', field = 'photo'): string => `${head(field, { name: 'a.png', type })}x${END}`;

/** Answers what it got: how many bytes, and their hash; counts what was broken off. */
async function storage(): Promise<{ service: EchoService; broken: () => number }> {
  let broken = 0;
  const service = await echoService((request, response) => {
    const hash = createHash('sha256');
    let size = 0;
    request.on('data', (chunk: Buffer) => { size += chunk.length; hash.update(chunk); });
    request.on('close', () => { if (!request.complete) broken++; });
    request.on('end', () => response.end(JSON.stringify({ size, hash: hash.digest('hex') })));
  });
  return { service, broken: () => broken };
}

describe('T2, knob 25: forms with files, looked at while they pass', () => {
  let gw: TestGateway;
  let store: Awaited<ReturnType<typeof storage>>;
  beforeAll(async () => {
    store = await storage();
    gw = await gateway(`
services: { files: { targets: "${store.service.url}" } }
defaults: { authenticate: none }
routes:
  photo:
    match: { path: /api/users/:id/photo, methods: [POST] }
    to: files
    body: { limit: 6MiB, types: [multipart/form-data], multipart: { fields: [photo], required: [photo], files: 1, maxFile: 5MiB, types: [image/png, image/jpeg, image/webp] } }
    errors: { body: { error: { code: "{status}", message: "{detail}", details: "{details}" } } }
  parse-cv:
    match: { path: /api/gateway/parse-cv, methods: [POST] }
    to: files
    body: { limit: 50MiB, multipart: { fields: [file, "extract_*"], required: [file], files: 1 } }
`);
  });
  afterAll(async () => {
    await gw[Symbol.asyncDispose]();
    await store.service.close();
  });

  it('pass byte for byte, however large', async () => {
    const hash = createHash('sha256');
    let size = 0;
    const chunk = Buffer.alloc(64 * 1024, 'passerelle ');
    function* body() {
      for (const part of [`${head('extract_skills')}true\r\n${head('file', { name: 'cv.pdf', type: 'application/pdf' })}`, ...Array<Buffer>(320).fill(chunk), END]) {
        const bytes = Buffer.from(part);
        hash.update(bytes);
        size += bytes.length;
        yield bytes;
      }
    }
    const answer = await gw.fetch('/api/gateway/parse-cv', { method: 'POST', headers: TYPE, body: Readable.from(body()) });
    expect(answer.json()).toEqual({ size, hash: hash.digest('hex') });
    expect(size).toBeGreaterThan(20 * MIB);
  });

  it.each<[what: string, body: string | Buffer, status: number, field: string | null]>([
    ['a photo', photo(), 200, null],
    ['a photo that is too large', `${head('photo', { name: 'a.png', type: 'image/png' })}${'x'.repeat(5 * MIB + 1)}${END}`, 413, 'photo'],
    ['a photo that is none', photo('application/pdf'), 415, 'photo'],
    ['another field', photo('image/png', 'avatar'), 422, 'avatar'],
    ['no photo', `--${BOUNDARY}--\r\n`, 422, 'photo'],
    ['half a form', photo().slice(0, -10), 400, null],
  ])('%s is answered %#', async (_what, body, status, field) => {
    const before = store.service.requests.length;
    const answer = await gw.fetch('/api/users/7/photo', { method: 'POST', headers: { ...TYPE, 'content-length': String(Buffer.byteLength(body)) }, body });
    expect(answer.status).toBe(status);
    if (field !== null) expect(answer.json()).toMatchObject({ error: { code: status, message: expect.stringContaining(`The field "${field}"`), details: { errors: [{ path: field }] } } });
    // What the service had begun to read was broken off: it never had the whole of it.
    for (let i = 0; i < 1_000 && status !== 200 && store.service.requests.slice(before).some(({ destroyed }) => !destroyed); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    if (status !== 200) expect(store.service.requests.slice(before).filter(({ complete }) => complete)).toEqual([]);
  });

  it('are refused packed, for nobody could look into them', async () => {
    const answer = await gw.fetch('/api/gateway/parse-cv', { method: 'POST', headers: { ...TYPE, 'content-encoding': 'gzip' }, body: 'x' });
    expect(answer.status).toBe(415);
  });

  it('other bodies are not looked at, unless types refuse them', async () => {
    expect((await gw.fetch('/api/gateway/parse-cv', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(200);
    expect((await gw.fetch('/api/users/7/photo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(415);
  });

  it('what was refused leaves the connection and the gateway as they were', async () => {
    expect(store.broken()).toBeGreaterThan(0);
    expect((await gw.fetch('/api/users/7/photo', { method: 'POST', headers: TYPE, body: photo() })).status).toBe(200);
  });
});
