import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { ExtensionRegistry, problemCatalogue } from '#libs/kernel';
import { echoService } from '#libs/testing';
import { SECRET, token } from '../support/jwt.js';
import { startGateway } from '../../src/bootstrap.js';
import { run } from '../../src/cli/run.js';
import { buildProgram } from '../../src/cli/program.js';
import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { fencesOf, linksOf, pages, read, root, rowsOf } from './markdown.js';

const io = { env: { API_KEYS: 'shop:key-of-the-shop', JWT_SECRET_KEY: SECRET, CLIENT_SECRET: SECRET, COOKIE_SECRET: SECRET, DEBUG_SECRET: SECRET }, out: () => {}, err: () => {}, paint: (_style: unknown, text: string) => text, ask: null, read: () => Promise.resolve('') };

/** The yaml fences that are a whole file; one that needs a plugin has a spec of its own. */
const examples = pages.flatMap((page) => fencesOf(read(page))
  .filter(({ language, text }) => language === 'yaml' && /^version: 1$/m.test(text) && !text.includes('plugins:'))
  .map(({ text }, index) => [page, index, text] as const));

/** Those that are a part of one, but for docs/tls.md, whose certificates a spec of its own has to make. */
const fragments = pages.filter((page) => page !== 'docs/tls.md').flatMap((page) => fencesOf(read(page))
  .filter(({ language, text }) => language === 'yaml' && !/^version: 1$/m.test(text))
  .map(({ text }, index) => [page, index, text] as const));
const gatewaySchemaKeys = (JSON.parse(read('docs/gateway.schema.json')) as { properties: object }).properties;

describe('the yaml files in the pages (O14)', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'passerelle-docs-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(examples)('%s, the file number %i is valid, and passes its own tests', async (_page, _index, text) => {
    const file = path.join(folder, 'gateway.yaml');
    writeFileSync(file, text);
    await loadConfig({ file, env: io.env, builtIns });
    expect(await run(['check', file], io)).toBe(0);
    expect(await run(['test', '--config', file], io)).toBe(0);
  });

  it('are found', () => expect(examples.length).toBeGreaterThan(5));

  it.each(fragments)('%s, the part number %i is valid where it belongs', async (page, _index, text) => {
    const platform = /^deploy\/platforms\/[^/]+/.exec(page)?.[0];
    writeFileSync(path.join(folder, 'down.html'), 'down');
    if (platform === undefined) writeFileSync(path.join(folder, 'main.yaml'), whole(text));
    else beside(path.join(root, platform), folder, text);
    await loadConfig({ file: path.join(folder, 'main.yaml'), env: io.env, builtIns });
  });

  it('are found in parts too', () => expect(fragments.length).toBeGreaterThan(4));

  it('are JSON where they say so', () => {
    const wrong = pages.flatMap((page) => fencesOf(read(page)).filter(({ language }) => language === 'json').map(({ text }) => [page, text] as const))
      .filter(([, text]) => !isJson(text));
    expect(wrong).toEqual([]);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A part of a platform's README stands beside the file of that platform, and its variables. */
function beside(platform: string, folder: string, text: string): void {
  cpSync(platform, folder, { recursive: true });
  cpSync(path.join(platform, '.env.example'), path.join(folder, '.env'));
  writeFileSync(path.join(folder, 'part.yaml'), text);
  writeFileSync(path.join(folder, 'main.yaml'), 'version: 1\ninclude: [gateway.yaml, part.yaml]\n');
}

/** A part of a file, in one: keys of the file as they are, settings of a route in a route. */
function whole(text: string): string {
  const keys = Object.keys(parse(text) as object);
  if (keys.every((key) => key in gatewaySchemaKeys)) return `version: 1\nservices: {}\n${text}`;
  const services = ['s', 'spare', 'next', 'users', 'orders'].map((name) => `  ${name}: { targets: "http://127.0.0.1:8001" }\n`).join('');
  const settings = text.replaceAll(/^/gm, '    ');
  return `version: 1\nservices:\n${services}routes:\n  r:\n    match: { path: /r/:id }\n    authenticate: none\n${keys.includes('aggregate') ? '' : '    to: s\n'}${settings}`;
}

describe('README.md', () => {
  it('has a file that works over real sockets', async () => {
    const [example] = fencesOf(read('README.md')).filter(({ language }) => language === 'yaml');
    await using service = await echoService();
    const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-docs-'));
    const file = path.join(folder, 'gateway.yaml');
    writeFileSync(file, example?.text ?? '');
    const env = { JWT_SECRET_KEY: SECRET, USER_SERVICE_URL: service.url, PASSERELLE__LOG__LEVEL: 'silent' };
    const gateway = await startGateway({ file, env, builtIns, port: 0, host: '127.0.0.1' });
    try {
      const ask = async (target: string, init: RequestInit = {}): Promise<[number, string | undefined]> => {
        const answer = await fetch(gateway.url + target, init);
        return [answer.status, ((await answer.json()) as { url?: string }).url];
      };
      const as = async (role: string) => ({ headers: { authorization: `Bearer ${await token({ sub: '7', role })}` } });
      expect(await ask('/api/login', { method: 'POST' })).toEqual([200, '/api/login']);
      expect(await ask('/api/login')).toEqual([405, undefined]);
      expect(await ask('/api/users/7')).toEqual([401, undefined]);
      expect(await ask('/api/users/7', await as('student'))).toEqual([403, undefined]);
      expect(await ask('/api/users/7', await as('teacher'))).toEqual([200, '/users/7']);
    } finally {
      await gateway.close();
      rmSync(folder, { recursive: true });
    }
  });

  it.each(['README.md', 'README.fr.md'])('%s begins with the two commands, and lists every command of the program', async (page) => {
    const text = read(page);
    const [first] = fencesOf(text);
    expect(first?.text.split('\n').map((line) => line.replace(/ *#.*/, ''))).toEqual(['npm ci && npm start', 'npm ci && npm test', '']);
    expect(text.indexOf('```')).toBeLessThan(30);
    const listed = rowsOf(text).map(([cell]) => /^`([\w-]+)`$/.exec(cell ?? '')?.[1]).filter(Boolean);
    const program = await buildProgram([], io, () => {});
    expect(listed).toEqual(program.commands.map((command) => command.name()));
  });

  it('says the same in both languages: the same file, and in each section the same commands, points, figures and links', () => {
    const [english = [], french = []] = ['README.md', 'README.fr.md'].map((page) => read(page).split(/^## /m).map(told));
    expect(french).toEqual(english);
    expect(english.length).toBeGreaterThan(5);
  });
});

/** What of a section does not depend on its language. */
function told(section: string): object {
  const links = linksOf(section).filter((target) => !/^README(?:[.]fr)?[.]md$/.test(target));
  return {
    code: fencesOf(section).map(({ text }) => text.replaceAll(/ *# .*$/gm, '')),
    commands: rowsOf(section).map(([cell]) => cell).filter((cell) => cell?.startsWith('`')),
    figures: section.replaceAll(',', '.').match(/\d+\.\d+/g) ?? [],
    links: links.toSorted((one, other) => one.localeCompare(other)),
    points: section.match(/^- /gm)?.length ?? 0,
  };
}

describe('what pages say of the code', () => {
  it('docs/errors.md has every problem, under the anchor of its code', () => {
    const text = read('docs/errors.md');
    for (const { code, status } of problemCatalogue()) expect(text).toMatch(new RegExp(`^## ${code}\n\n\\*\\*${status}\\*\\*: .+\n\n`, 'm'));
    for (const { help } of problemCatalogue()) expect(text).toContain(help);
  });

  it('docs/configuration.md has every extension', () => {
    const text = read('docs/configuration.md');
    const registry = new ExtensionRegistry(builtIns);
    for (const kind of ['authenticator', 'balancer', 'guard', 'interceptor', 'transform'] as const) {
      for (const { name } of registry.all(kind)) expect(text).toContain(`### use: ${name}\n`);
    }
  });
});
