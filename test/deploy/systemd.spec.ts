import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureCommand } from '../support/apt.js';
import { orSkip, output } from '../support/deploy-tools.js';
import { build, Passerelle } from '../support/passerelle.js';
import { read, root } from './kubernetes.fixture.js';

const analyze = await orSkip('systemd-analyze', async () => {
  const found = await ensureCommand('systemd-analyze', 'systemd');
  if (found === null) throw new Error('there is no systemd');
  return found;
});
const unit = read('deploy/systemd/passerelle.service');
const settings = (name: string): string[] => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value as string);

describe('O12: the unit for systemd', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-systemd-'));
  const file = path.join(folder, 'passerelle.service');
  beforeAll(() => writeFileSync(file, unit.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/passerelle', root)));
  afterAll(() => rmSync(folder, { recursive: true }));

  (analyze === null ? it.skip : it)('is understood whole, and exposes little', () => {
    expect(output(analyze ?? '', ['verify', '--man=no', file])).toBe('');
    // 0 is nothing at all, 10 everything; a unit without any of it has 9.6. This fails above 1.5.
    output(analyze ?? '', ['security', '--offline=true', '--threshold=15', file]);
  });

  (analyze === null ? it.skip : it)('and the check of that finds mistakes', () => {
    const wrong = path.join(folder, 'wrong.service');
    writeFileSync(wrong, '[Service]\nExecStart=/usr/bin/true\n');
    expect(() => output(analyze ?? '', ['security', '--offline=true', '--threshold=15', wrong])).toThrow(/UNSAFE/);
  });

  it('its commands and its file do what it says', async () => {
    build();
    writeFileSync(path.join(folder, 'jwt_secret'), '0123456789abcdef0123456789abcdef\n');
    expect(settings('LoadCredential')).toEqual(['jwt_secret:/etc/passerelle/secrets/jwt_secret']);
    const env = Object.fromEntries(settings('Environment').map((each) => each.replace('%d', folder).replace('%S/passerelle', folder).split('=') as [string, string]));
    expect(env).toMatchObject({ NODE_ENV: 'production', SECRETS: folder, DATA: folder });
    const config = path.join(root, 'deploy/systemd/gateway.yaml');
    const [check] = settings('ExecStartPre').map((line) => line.replace('/etc/passerelle/gateway.yaml', config).replace('/opt/passerelle', root).split(' '));
    output(process.execPath, check?.slice(1) ?? [], env);
    expect(settings('ExecStart')[0]).toMatch(/dist\/src\/main\.js start --config \/etc\/passerelle\/gateway\.yaml$/);
    await using gateway = Passerelle.run(['start', '--config', config], { env: { ...env, PASSERELLE__SERVER__PORT: '0', PASSERELLE__SERVER__HOST: '127.0.0.1', PASSERELLE__SERVER__WORKERS: '2' } });
    const [, url] = await gateway.says(/listens on (http:\S+)/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/hello`)).status).toBe(401);
    gateway.child.kill('SIGHUP');
    await gateway.says(/configuration/i);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(Number(settings('TimeoutStopSec')[0])).toBeGreaterThan(20);
  }, 180_000);
});
