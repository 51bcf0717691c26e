import { Exchange } from '#libs/kernel';
import { compileUpgrades } from './upgrades.js';

type Settings = Parameters<typeof compileUpgrades>[0];
const limits = { maxFrame: 1, ping: 0 };
const cors = (...origins: string[]): Settings['cors'] => ({ origins }) as unknown as Settings['cors'];

function handshake(origin: string | undefined, changes: Partial<Exchange> = {}): Exchange {
  const exchange = new Exchange({ method: 'GET', path: '/ws', query: '', headers: origin === undefined ? {} : { origin }, rawHeaders: [], startedAt: 0 });
  return Object.assign(exchange, { upgrade: 'websocket', host: 'Gateway.example:8443', scheme: 'https' }, changes);
}

describe('compileUpgrades', () => {
  it.each<[string, Settings, string | undefined, string | null]>([
    ['off', { websocket: 'off', cors: 'off' }, undefined, 'upgrade-refused'],
    ['no list', { websocket: limits, cors: 'off' }, 'https://evil.example', null],
    ['a list', { websocket: { ...limits, origins: ['https://a.example'] }, cors: cors('https://b.example') }, 'https://a.example', null],
    ['a list instead of cors', { websocket: { ...limits, origins: ['https://a.example'] }, cors: cors('https://b.example') }, 'https://b.example', 'forbidden'],
    ['an empty list', { websocket: { ...limits, origins: [] }, cors: 'off' }, 'https://a.example', 'forbidden'],
    ['an empty list, no browser', { websocket: { ...limits, origins: [] }, cors: 'off' }, undefined, null],
    ['cors', { websocket: limits, cors: cors('https://b.example') }, 'https://b.example', null],
    ['cors, another origin', { websocket: limits, cors: cors('https://b.example') }, 'https://c.example', 'forbidden'],
    ['cors, our own origin', { websocket: limits, cors: cors('https://b.example') }, 'https://gateway.example:8443', null],
    ['cors, our own host over http', { websocket: limits, cors: cors('https://b.example') }, 'http://gateway.example:8443', 'forbidden'],
    ['cors, our own host on another port', { websocket: limits, cors: cors('https://b.example') }, 'https://gateway.example', 'forbidden'],
    ['any', { websocket: { ...limits, origins: ['*'] }, cors: 'off' }, 'null', null],
  ])('%s', (_what, settings, origin, code) => {
    const guard = compileUpgrades(settings);
    if (code === null) expect(() => guard.admit(handshake(origin))).not.toThrow();
    else expect(() => guard.admit(handshake(origin))).toThrow(expect.objectContaining({ type: expect.objectContaining({ code, status: 403 }) }));
  });

  it.each<[string, Settings]>([
    ['off', { websocket: 'off', cors: 'off' }],
    ['with origins', { websocket: { ...limits, origins: ['https://a.example'] }, cors: 'off' }],
  ])('does not concern itself with ordinary requests: %s', (_what, settings) => {
    expect(() => compileUpgrades(settings).admit(handshake('https://evil.example', { upgrade: null }))).not.toThrow();
  });

  it('refuses origins that nobody can understand when it is compiled', () => {
    expect(() => compileUpgrades({ websocket: { ...limits, origins: ['a.example'] }, cors: 'off' })).toThrow('not an origin');
  });
});
