import { isRemote, parseRemote } from './remote-address.js';

describe('an address of Consul', () => {
  it.each<[string, string, string, string]>([
    ['consul://kv.example.test:8500/a/b.yaml', 'consul://kv.example.test:8500', 'http://kv.example.test:8500', 'a/b.yaml'],
    ['consul://KV.example.test/a', 'consul://kv.example.test:8500', 'http://kv.example.test:8500', 'a'],
    ['consul+https://kv.example.test/a/', 'consul+https://kv.example.test:8501', 'https://kv.example.test:8501', 'a/'],
    ['consul://[::1]:80/a', 'consul://[::1]:80', 'http://[::1]:80', 'a'],
    ['consul://h:443/100 %/ü', 'consul://h:443', 'http://h:443', '100 %/ü'],
  ])('%s is on %s, asked at %s, with the key %s', (text, server, api, key) => {
    expect(isRemote(text)).toBe(true);
    expect(parseRemote(text)).toEqual({ url: `${server}/${key}`, server, api, key });
  });

  it.each([
    ['consul://h', 'expected a key'], ['consul://h/', 'expected a key'], ['consul:///a', 'expected consul://host:port/key'], ['consul://h:x/a', 'expected consul://host:port/key'],
    ['consul://user:secret@h/a', 'CONSUL_HTTP_TOKEN'], ['consul://h/a?dc=b', 'no query'], ['consul://h/a#b', 'no query'], ['consul://h/../agent/self', 'none of dots'],
    ['consul://h/a/./b', 'none of dots'], ['consul://h//a', 'no empty parts'], ['http://h/a', 'begins with consul://'], ['consuls://h/a', 'begins with consul://'],
  ])('%s is none', (text, problem) => {
    const parsed = parseRemote(text);
    expect('problem' in parsed ? parsed.problem : null).toContain(problem);
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });

  it.each(['a.yaml', '/a/b.yaml', 'routes/*.yaml', 'C:\\a.yaml', 'consul'])('%s is a file', (text) => expect(isRemote(text)).toBe(false));
});
