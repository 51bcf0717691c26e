import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { defineTransform, filePath } from '#libs/kernel';
import { builtIns, ConfigFolder, valid } from './config.fixture.js';
import { ConsulStore } from './consul.fixture.js';
import type { ConfigurationError } from './issues.js';
import { loadConfig } from './load-config.js';

const route = (name: string): string => `routes: { ${name}: { match: { path: /${name} }, to: echo } }\n`;

/** Everything wrong with a file that includes something of a store; the address of the store is cut short. */
async function mistakes(store: ConsulStore, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  using folder = new ConfigFolder(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('@', store.url)])));
  const lines = await folder.mistakes({ CONSUL_HTTP_TOKEN: 'hush' });
  return lines.map((line) => line.replaceAll(store.url, '@').replaceAll(store.url.replace('consul', 'http'), '@'));
}

describe('include from Consul', () => {
  it('merges a key, what is below a prefix, and what these include', async () => {
    await using store = await ConsulStore.start({ 'gw/a.yaml': 'log: { level: debug }', 'gw/all/c.yaml': route('c'), 'gw/all/b.yaml': route('b'), 'gw/all/': '', 'gw/deep': 'info: { title: "${TITLE}" }' });
    store.put('gw/a.yaml', `log: { level: debug }\ninclude: ${store.url}/gw/deep`);
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`include: ["\${STORE}/gw/a.yaml", "${store.url}/gw/all/", "${store.url}/none?", sub/d.yaml]`), 'sub/d.yaml': `include: ${store.url}/gw/a.yaml\n${route('d')}` });
    const { config } = await folder.load({ STORE: store.url, TITLE: 'From afar', CONSUL_HTTP_TOKEN: 'hush' });
    expect(Object.keys(config.routes)).toEqual(['b', 'c', 'd']);
    expect([config.log.level, config.info.title]).toEqual(['debug', 'From afar']);
    expect(config.originOf(['routes', 'c', 'match', 'path', 0])).toMatchObject({ file: `${store.url}/gw/all/c.yaml`, line: 1 });
    // Once each, however often all is read again.
    expect(store.asked.map(({ path }) => path).sort()).toEqual(['/v1/kv/gw/a.yaml', '/v1/kv/gw/all/', '/v1/kv/gw/deep', '/v1/kv/none']);
    expect(new Set(store.asked.map(({ token }) => token))).toEqual(new Set(['hush']));
  });

  it('takes the token from the .env file too, and sends none without', async () => {
    await using store = await ConsulStore.start({ a: route('a') });
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`include: ${store.url}/a`) });
    await folder.load();
    folder.write('.env', 'CONSUL_HTTP_TOKEN=of-the-file');
    await folder.load();
    expect(store.asked.map(({ token }) => token)).toEqual([undefined, 'of-the-file']);
  });

  it('is not asked for again by who goes by what an earlier load found', async () => {
    await using store = await ConsulStore.start({ a: route('a') });
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`include: ${store.url}/a`) });
    const { config, image } = await folder.load();
    store.put('a', route('b'));
    const again = await loadConfig({ file: folder.at('gateway.yaml'), env: {}, builtIns, from: deserialize(serialize(image)) as typeof image });
    expect([again.config.hash, store.asked.length]).toEqual([config.hash, 1]);
  });

  it.each<[string, Readonly<Record<string, string>>, string, readonly string[]]>([
    ['no such key', {}, '@/none', ['gateway.yaml:4:10 include: @/none: there is no such key; a trailing `?` makes it optional']],
    ['nothing below a prefix', { none: 'a' }, '@/none/', ['gateway.yaml:4:10 include: @/none/: there is no key below this prefix; a trailing `?` makes it optional']],
    ['an empty key', { a: '' }, '@/a', ['gateway.yaml:4:10 include: @/a: the key is empty']],
    ['a wrong address', {}, '@/', ['gateway.yaml:4:10 include: expected a key after the host, or a prefix that ends in "/"']],
    ['a mistake inside', { a: '\nlog: { level: infoo }' }, '@/a', ['@/a:2:15 log.level: expected "fatal", "error", "warn", "info", "debug", "trace" or "silent", got "infoo". Did you mean "info"?']],
    ['broken YAML', { a: 'routes: [' }, '@/a', [expect.stringMatching(/^@\/a:1:\d+: not valid YAML/) as unknown as string]],
    ['a name that the file has', { a: route('r') }, `@/a\n${route('r')}`, ['@/a:1:11 routes.r: defined twice: also at gateway.yaml:5:11']],
    ['itself', { a: 'include: @/a' }, '@/a', ['@/a:1:10 include: @/a includes itself']],
    ['a circle', { 'p/a': 'include: @/b', b: 'include: @/p/' }, '@/p/', ['@/b:1:10 include: @/p/a includes itself (@/p/a > @/b > @/p/a)']],
    ['a file from there', { a: 'include: other.yaml' }, '@/a', ['@/a:1:10 include: what is included from Consul includes only from there: expected an address that begins with @/']],
    ['another server from there', { a: 'include: consul://127.0.0.1:1/a' }, '@/a', ['@/a:1:10 include: what is included from Consul includes only from there: expected an address that begins with @/']],
    ['a value from a file', { a: 'info: { title: "${TITLE:-${file:/etc/hostname}}" }' }, '@/a', ['@/a:1:16 info.title: `${file:...}` may stand only in a file: whoever may write this could read any file of the gateway with it']],
    ['a file to answer with', { a: 'defaults:\n  fallback: [{ file: /etc/hostname }]' }, '@/a', ['@/a:2:22 defaults.fallback[0].file: a file may be named only in a file: whoever may write this could read any file of the gateway with it']],
    ['a plugin', { a: 'server: { plugins: [./plugin.mjs] }' }, '@/a', ['@/a:1:21 server.plugins: ./plugin.mjs: a plugin may be named only in a file: whoever may write this could run any module with it']],
  ])('%s is told', async (_name, keys, include, expected) => {
    await using store = await ConsulStore.start();
    for (const [key, value] of Object.entries(keys)) store.put(key, value.replaceAll('@', store.url));
    expect(await mistakes(store, { 'gateway.yaml': valid(`include: ${include}`) })).toEqual(expected);
  });

  it.each([['@/a', 'a file may be named only in a file'], ['local.yaml', null]])('the file of an extension in %s: %s', async (include, message) => {
    const print = defineTransform({ name: 'print', create: () => ({}), schema: z.strictObject({ file: filePath().optional().describe('File.') }) });
    const text = 'defaults:\n  transform: [{ use: print, file: /etc/hostname }]';
    await using store = await ConsulStore.start({ a: text });
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`include: ${include.replace('@', store.url)}`), 'local.yaml': text });
    const failure = await loadConfig({ file: folder.at('gateway.yaml'), env: {}, builtIns: [...builtIns, print] as unknown as typeof builtIns }).then(() => null, (error: unknown) => (error as ConfigurationError).issues);
    expect(failure).toEqual(message === null ? null : [expect.objectContaining({ file: `${store.url}/a`, line: 2, path: 'defaults.transform[0].file', message: expect.stringContaining(message) as unknown })]);
  });

  it('tells what is not text', async () => {
    await using store = await ConsulStore.start({ a: Uint8Array.of(0, 1), b: Uint8Array.of(0xff) });
    expect(await mistakes(store, { 'gateway.yaml': valid('include:\n- "@/a"\n- "@/b"') })).toEqual([
      'gateway.yaml:5:3 include: @/a: this is a binary file (or UTF-16), expected UTF-8 text', 'gateway.yaml:6:3 include: @/b: the file is not UTF-8 text',
    ]);
  });

  it('tells that Consul is away, refuses, or is none', async () => {
    await using store = await ConsulStore.start({ a: route('a') });
    const file = { 'gateway.yaml': valid('include: "@/a"') };
    store.failing = 403;
    expect(await mistakes(store, file)).toEqual([expect.stringMatching(/^gateway\.yaml:4:10 include: @\/a: Consul at @ refuses the token.*the environment variable CONSUL_HTTP_TOKEN has to be one that may read this$/)]);
    store.failing = 500;
    expect(await mistakes(store, file)).toEqual([expect.stringMatching(/^gateway\.yaml:4:10 include: @\/a: Consul at @ answers 500/)]);
    await store[Symbol.asyncDispose]();
    using folder = new ConfigFolder({ 'gateway.yaml': valid('include: consul://127.0.0.1:1/a') });
    expect(await folder.mistakes()).toEqual(['gateway.yaml:4:10 include: consul://127.0.0.1:1/a: Consul at http://127.0.0.1:1 refuses the connection']);
  });

  it('gives up a chain without end', async () => {
    await using store = await ConsulStore.start();
    for (let index = 0; index < 40; index++) store.put(`k${index}`, `include: ${store.url}/k${index + 1}`);
    expect(await mistakes(store, { 'gateway.yaml': valid('include: "@/k0"') })).toEqual(['@/k15:1:10 include: @/k16: includes of includes are nested too deeply']);
  });
});
