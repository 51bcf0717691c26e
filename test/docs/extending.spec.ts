import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { echoService, type EchoService } from '#libs/testing';
import { SECRET, token } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';
import { fencesOf, read } from './markdown.js';

const files = fencesOf(read('docs/extending.md')).filter(({ file }) => file !== null);

describe('X5: the plugin of docs/extending.md', () => {
  let folder: string;
  let desk: EchoService;
  beforeAll(async () => {
    build();
    desk = await echoService();
    folder = mkdtempSync(path.join(tmpdir(), 'passerelle-docs-'));
    for (const { file, text } of files) write(file as string, text);
  }, 120_000);
  afterAll(async () => {
    await desk.close();
    rmSync(folder, { recursive: true });
  });

  function write(name: string, text: string): void {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }

  async function visit(from: string, to: string, times: number): Promise<Response[]> {
    const env = { DESK_SERVICE_URL: desk.url, OPENS: from, CLOSES: to };
    await using gateway = Passerelle.run(['start', '--port', '0', '--host', '127.0.0.1'], { cwd: folder, env });
    const [, url = ''] = await gateway.says(/listens on (http:\S+)/);
    const answers: Response[] = [];
    for (let i = 0; i < times; i++) answers.push(await fetch(`${url}/desk`));
    return answers;
  }

  it('has an interceptor with a Nest provider, and a guard that lets through', async () => {
    const answers = await visit('0', '24', 2);
    expect(answers.map(({ status, headers }) => [status, headers.get('x-count')])).toEqual([[200, '1'], [200, '2']]);
  }, 120_000);

  it('has a guard that refuses', async () => {
    const [answer] = await visit('23', '1', 1);
    expect(await answer?.json()).toMatchObject({ status: 403, detail: 'Come back between 23 and 1 o’clock (UTC).' });
  }, 120_000);

  it('has controllers with decorators', async () => {
    const source = files.find(({ file }) => file === 'plugins/reports.ts')?.text ?? '';
    const { code } = transformSync(source, { filename: 'reports.ts', jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2024', transform: { legacyDecorator: true, decoratorMetadata: true } } });
    write('plugins/reports.js', code);
    const env = { JWT_SECRET_KEY: SECRET };
    await using gateway = Passerelle.run(['start', '-c', 'reports.yaml', '--port', '0', '--host', '127.0.0.1'], { cwd: folder, env });
    const [, url = ''] = await gateway.says(/listens on (http:\S+)/);
    const ask = async (where: string, role: string | null, body?: string): Promise<[number, unknown]> => {
      const authorization = role === null ? {} : { authorization: `Bearer ${await token({ sub: '7', role })}` };
      const init = body === undefined ? {} : { method: 'POST', body };
      const answer = await fetch(`${url}/api/reports${where}`, { ...init, headers: { ...authorization, 'content-type': 'application/json' } });
      const { caller, code: problem, detail, number, title, titles } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, answer.ok ? { caller, number, title, titles } : { code: problem, detail }];
    };
    expect(await ask('', null)).toEqual([200, { caller: null, titles: ['Spring'] }]);
    expect(await ask('', 'student')).toEqual([200, { caller: '7', titles: ['Spring'] }]);
    expect(await ask('/0', null)).toEqual([401, expect.objectContaining({ code: 'unauthenticated' })]);
    expect(await ask('/0', 'student')).toEqual([403, expect.objectContaining({ code: 'forbidden' })]);
    expect(await ask('/0', 'head')).toEqual([200, { title: 'Spring' }]);
    expect(await ask('/9', 'teacher')).toEqual([404, { code: 'not-found', detail: 'There is no such report.' }]);
    expect(await ask('', 'teacher', '{"title":"Autumn"}')).toEqual([403, expect.objectContaining({ code: 'forbidden' })]);
    expect(await ask('', 'head', '{"title":""}')).toEqual([422, expect.objectContaining({ code: 'unprocessable' })]);
    expect(await ask('', 'head', '{"title":"Autumn"}')).toEqual([201, { number: 1 }]);
  }, 120_000);

  it('has its options checked', async () => {
    const right = files.find(({ file }) => file === 'gateway.yaml')?.text ?? '';
    write('wrong.yaml', right.replace('header: X-Count', 'heder: X-Count'));
    await using check = Passerelle.run(['check', 'wrong.yaml'], { cwd: folder });
    expect((await check.ended).code).toBe(1);
    expect(check.err).toMatch(/wrong\.yaml:11:\d+ routes\.desk\.interceptors\[0\]\.heder: .*header/);
  }, 120_000);
});
