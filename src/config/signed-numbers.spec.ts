import { ConfigFolder } from './config.fixture.js';

const FILE = (burst: string): string => `version: 1
services: { s: { targets: "http://localhost:1" } }
routes: { a: { match: { path: /a }, to: s, authenticate: none, limit: { rate: 5/s, burst: ${burst} } } }
server: { port: +8081 }`;

it.each<[written: string, env: Record<string, string>, burst: unknown]>([
  ['+20', {}, '+20'],
  ['"+20"', {}, '+20'],
  ['"${B}"', { B: '+20' }, '+20'],
  ['"${B}"', { B: '20' }, 20],
  ['20', {}, 20],
  ['1', { PASSERELLE__ROUTES__A__LIMIT__BURST: '+7' }, '+7'],
])('burst: %s (%j) is %j, however it is written; elsewhere a sign says nothing', async (written, env, burst) => {
  using folder = new ConfigFolder({ 'gateway.yaml': FILE(written) });
  const { config } = await folder.load(env);
  expect([config.routes['a']?.limit, config.server.port]).toMatchObject([{ burst }, 8081]);
});
