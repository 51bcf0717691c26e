import { ConfigFolder, valid } from './config.fixture.js';

const ROUTE = (more: string): string => `routes: { r: { match: { path: /r }, to: echo, ${more} } }`;

describe('what the schema refuses', () => {
  it.each<[string, string, string]>([
    // unknown keys at every level
    ['at the top', 'rutes: {}', '4:1 rutes: unknown key. Did you mean "routes"?'],
    ['in a section', 'server: { prot: 1 }', '4:11 server.prot: unknown key. Did you mean "port"?'],
    ['deeper', 'server: { limits: { urls: 1b } }', '4:21 server.limits.urls: unknown key. Did you mean "url"?'],
    ['in a service', 'services-x: 1', '4:1 services-x: unknown key. Did you mean "services"?'],
    ['in a match', 'routes: { r: { match: { paths: /r }, to: echo } }', '4:25 routes.r.match.paths: unknown key. Did you mean "path"?'],
    ['in a setting', ROUTE('timeout: { tota: 1s }'), '4:58 routes.r.timeout.tota: unknown key. Did you mean "total"?'],
    ['in a choice of shapes', ROUTE('cors: { origins: "*", maxage: 1s }'), '4:69 routes.r.cors.maxage: unknown key. Did you mean "maxAge"?'],
    ['in the options of an extension', ROUTE('transform: [{ use: stamp, text: a, txt: b }]'), '4:82 routes.r.transform[0].txt: unknown key. Did you mean "text"?'],
    ['in a test', 'tests: [{ request: { url: /, methd: GET }, expect: {} }]', '4:30 tests[0].request.methd: unknown key. Did you mean "method"?'],
    ['with nothing near', 'log: { zzzzzz: 1 }', '4:8 log.zzzzzz: unknown key'],
    // wrong types and values
    ['a text for a number', 'server: { port: abc }', '4:17 server.port: expected a number, got "abc"'],
    ['a number too large', 'server: { port: 70000 }', '4:17 server.port: expected a number of at most 65535, got 70000'],
    ['a fraction', 'server: { port: 80.5 }', '4:17 server.port: expected a whole number, got 80.5'],
    ['a list for a map', 'server: [1]', '4:1 server: expected a map, got a list'],
    ['a map for a text', 'info: { title: { a: 1 } }', '4:9 info.title: expected text, got a map'],
    ['a map for a word', ROUTE('redirects: { a: 1 }'), 'routes.r.redirects: expected "rewrite", "pass" or "follow", got a map'],
    ['a list for a choice of shapes', ROUTE('cors: [a]'), 'routes.r.cors: expected "off" or a map, got a list'],
    ['a number for a text', 'info: { version: 1.0 }', `4:18 info.version: expected text; quotes make it one, got 1. Did you mean "'1'"?`],
    ['a word that is not allowed', 'log: { level: wran }', '4:15 log.level: expected "fatal", "error", "warn", "info", "debug", "trace" or "silent", got "wran". Did you mean "warn"?'],
    ['a duration without unit', ROUTE('timeout: { total: 10 }'), '4:65 routes.r.timeout.total: expected "off" or a duration such as 250ms, 10s, 5m or 1h, got 10. Did you mean "10s"?'],
    ['a size without unit', 'server: { limits: { url: "8192" } }', '4:26 server.limits.url: expected a size such as 512b, 64KiB or 10MB, got "8192". Did you mean "8192b"?'],
    ['a pattern without slash', 'routes: { r: { match: { path: r }, to: echo } }', '4:31 routes.r.match.path[0]: expected a path pattern that starts with "/", got "r"'],
    ['a name for a choice by use', 'services: { b: { targets: ["http://b"], balance: p2c } }', 'expected a map, got "p2c". Did you mean "{ use: p2c }"?'],
    ['an unknown use', ROUTE('transform: [{ use: stmp }]'), '4:66 routes.r.transform[0].use: expected "stamp", got "stmp". Did you mean "stamp"?'],
    ['no use', ROUTE('transform: [{ text: a }]'), 'routes.r.transform[0].use: missing; expected "stamp"'],
    ['a use nobody brings', ROUTE('guards: [{ use: x }]'), 'no guard is installed; plugins bring them'],
    ['a missing key', 'routes: { r: { to: echo } }', '4:11 routes.r.match: missing; expected a map'],
    ['a missing option', ROUTE('transform: [{ use: stamp }]'), '4:59 routes.r.transform[0].text: missing; expected text'],
    ['a bad name', 'policies: { "1x": {} }', '4:13 policies.1x: expected a name: a letter, then letters, digits, "-", "_" or "."'],
    ['no targets', 'services: { b: { targets: [] } }', 'services.b.targets: expected at least one target, or `discover`'],
    ['an address that is none', 'services: { b: { targets: [{ url: "ftp://x" }] } }', 'services.b.targets[0].url: expected an http:// or https:// address without query, got "ftp://x"'],
    ['a wrong version', 'version: 2', '1:10 version: expected 1, got 2'],
  ])('%s', async (_name, text, expected) => {
    const file = text.startsWith('version: ') ? text : text.startsWith('services: ') ? `version: 1\n${text}` : valid(text);
    using folder = new ConfigFolder({ 'gateway.yaml': file });
    const [first = ''] = (await folder.mistakes()).filter((line) => line.includes(expected.replace(/^\d+:\d+ /, '')));
    expect(first).toContain(expected);
  });

  it('shows no value that may be a secret', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`server: { port: "\${PORT}" }\nlog: { level: "\${LEVEL}" }`).replace('"${KEY:-not-a-real-secret}"', '12345678') });
    const mistakes = await folder.mistakes({ PORT: 'hunter2', LEVEL: 'hunter2' });
    expect(mistakes).toHaveLength(3);
    expect(mistakes.join('\n')).not.toMatch(/hunter2|12345678/);
    expect(mistakes.every((line) => line.includes('[redacted]'))).toBe(true);
  });
});
