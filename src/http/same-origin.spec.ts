import { Exchange } from '#libs/kernel';
import { compileSameOrigin } from './same-origin.js';

const check = compileSameOrigin(['https://app.example.org']);

function asked(headers: Record<string, string>, scheme: 'http' | 'https', host: string): string {
  const exchange = new Exchange({ method: 'POST', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  Object.assign(exchange, { scheme, host });
  try {
    check(exchange);
    return 'passes';
  } catch (problem) {
    return (problem as { type: { code: string } }).type.code;
  }
}

describe('what a browser sends along by itself', () => {
  it.each([
    ['the page itself', { origin: 'https://api.example.org' }, 'passes'],
    ['the page itself, whatever else is said', { origin: 'https://api.example.org', 'sec-fetch-site': 'same-origin' }, 'passes'],
    ['a page that is listed', { origin: 'https://app.example.org', 'sec-fetch-site': 'same-site' }, 'passes'],
    ['no Origin, and the browser says the same', { 'sec-fetch-site': 'same-origin' }, 'passes'],
    ['typed in', { 'sec-fetch-site': 'none' }, 'passes'],
    ['another site', { origin: 'https://evil.example.net', 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    ['another site that lies in Sec-Fetch-Site', { origin: 'https://evil.example.net', 'sec-fetch-site': 'same-origin' }, 'cross-site'],
    ['the page itself, which tells nobody where it is', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 'passes'],
    ['a sandboxed frame of these years', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    ['another site that lies in Origin', { origin: 'https://api.example.org', 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    ['a neighbour', { origin: 'https://blog.example.org', 'sec-fetch-site': 'same-site' }, 'cross-site'],
    ['a neighbour without Origin', { 'sec-fetch-site': 'same-site' }, 'cross-site'],
    ['a sandboxed frame', { origin: 'null' }, 'cross-site'],
    ['the host as the beginning of another', { origin: 'https://api.example.org.evil.net' }, 'cross-site'],
    ['another port', { origin: 'https://api.example.org:8443' }, 'cross-site'],
    ['a page in the clear, of which anybody on the way may be the author', { origin: 'http://api.example.org' }, 'cross-site'],
    ['neither header', {}, 'cross-site'],
  ])('%s', (_who, headers, outcome) => {
    expect(asked(headers as Record<string, string>, 'https', 'api.example.org')).toBe(outcome);
  });

  it.each([
    ['http', 'localhost:8000', 'http://localhost:8000', 'passes'],
    ['http', 'LOCALHOST:8000', 'http://localhost:8000', 'passes'],
    ['http', 'localhost:80', 'http://localhost', 'passes'],
    ['https', 'api.example.org:443', 'https://api.example.org', 'passes'],
    ['http', 'api.example.org', 'https://api.example.org', 'passes'],
    ['http', 'localhost:8000', 'http://localhost:3000', 'cross-site'],
    ['http', '', 'http://', 'cross-site'],
  ] as const)('%s for %s from %s', (scheme, host, origin, outcome) => {
    expect(asked({ origin }, scheme, host)).toBe(outcome);
  });
});
