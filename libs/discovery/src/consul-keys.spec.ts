import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConsulKeys, type ConsulKey } from './consul-keys.js';

/** Reads a key of a store that says `body`; `asked` gets what it is asked. */
async function read(key: string, { status = 200, body = '' }: { status?: number; body?: string }, asked: string[] = []): Promise<readonly ConsulKey[]> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'x-consul-index': '7' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await readConsulKeys({ key, server: { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokenSetting: 'the token' } });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const entry = (Key: string, text: string) => ({ Key, Flags: 0, Value: text === '' ? null : Buffer.from(text).toString('base64') });
const texts = (keys: readonly ConsulKey[]): readonly string[] => keys.map(({ key, value }) => `${key}: ${Buffer.from(value).toString()}`);

describe('keys of Consul', () => {
  it.each<[string, string]>([
    ['a', '/v1/kv/a'], ['a/b c/%', '/v1/kv/a/b%20c/%25'], ['gw/', '/v1/kv/gw/?recurse=true'], ['a?index=9&b#c', '/v1/kv/a%3Findex%3D9%26b%23c'],
  ])('%s is asked for as %s', async (key, url) => {
    const asked: string[] = [];
    await read(key, { status: 404 }, asked);
    expect(asked).toEqual([url]);
  });

  it('come in order, without the folders of the pages of Consul', async () => {
    const body = JSON.stringify([entry('gw/b', 'two'), entry('gw/', ''), entry('gw/a/', ''), entry('gw/a/x', 'ü'), entry('gw/B', '')]);
    expect(texts(await read('gw/', { body }))).toEqual(['gw/B: ', 'gw/a/x: ü', 'gw/b: two']);
  });

  it('may be as long as Consul lets them', async () => {
    const [key] = await read('a', { body: JSON.stringify([entry('a', 'x'.repeat(524_288))]) });
    expect(key?.value.length).toBe(524_288);
  });

  it('are none where there is no such key', async () => expect(await read('a', { status: 404 })).toEqual([]));

  it.each([['', 200], ['{}', 200], ['[{}]', 200], ['[{"Key":"a","Value":5}]', 200], ['No cluster leader', 500]])('%p with %i is an error', async (body, status) => {
    await expect(read('a', { body, status })).rejects.toThrow(/answer/);
  });
});
