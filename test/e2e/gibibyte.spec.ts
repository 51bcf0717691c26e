import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { request as send } from 'undici';
import { echoService } from '#libs/testing';
import { build, Passerelle } from '../support/passerelle.js';

const MIB = 1_048_576;
const GIB = 1_024 * MIB;
const chunk = Buffer.alloc(65_536, 'x');

function gibibyte(): Readable {
  return Readable.from(function* content() {
    for (let sent = 0; sent < GIB; sent += chunk.length) yield chunk;
  }(), { objectMode: false });
}

/** Resident memory of a process in MiB. */
function resident(pid: number): number {
  if (existsSync('/proc')) return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
}

beforeAll(build, 120_000);

it('T11: a gibibyte up and a gibibyte down pass without being kept', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-gibibyte-'));
  const file = path.join(folder, 'gateway.yaml');
  let received = 0;
  await using service = await echoService((request, response) => {
    request.on('data', (part: Buffer) => { received += part.length; });
    request.on('end', () => gibibyte().pipe(response));
  });
  writeFileSync(file, `
version: 1
log: { access: off }
services: { echo: { targets: ${service.url} } }
routes: { all: { match: { path: /** }, to: echo, authenticate: none, body: { limit: off }, timeout: { total: off } } }
`);
  await using gateway = Passerelle.run(['start', '--config', file, '--host', '127.0.0.1', '--port', '0']);
  const [, url] = await gateway.says(/listens on (http:\S+)/);
  const pid = gateway.child.pid as number;
  const before = resident(pid);
  let peak = before;
  const timer = setInterval(() => { peak = Math.max(peak, resident(pid)); }, 100);
  let returned = 0;
  try {
    const { body } = await send(`${url}/x`, { method: 'POST', body: gibibyte() });
    for await (const part of body as AsyncIterable<Buffer>) returned += part.length;
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true });
  }
  expect([received, returned]).toEqual([GIB, GIB]);
  // A busy machine collects garbage late; to keep it all would take a gibibyte at least.
  expect(peak - before).toBeLessThan(256);
}, 300_000);
