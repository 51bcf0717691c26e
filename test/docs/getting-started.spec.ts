import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../support/passerelle.js';
import { fencesOf, read, root, type Fence } from './markdown.js';

const MARK = '--- fence';
const fences = fencesOf(read('docs/getting-started.md'));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** One script of the whole page: files are written, commands run, and a mark tells where the output of each fence ends. */
function script(page: readonly Fence[]): string {
  return page.map(({ file, language, text }, index) => {
    if (file !== null) return `cat > ${file} <<'END OF FILE'\n${text}END OF FILE\n`;
    return language === 'sh' ? `${text}echo '${MARK} ${index}'\n` : '';
  }).join('');
}

describe('docs/getting-started.md (O14)', () => {
  let home: string;
  let group: number | undefined;
  beforeAll(build, 240_000);
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'passerelle-docs-'));
    mkdirSync(path.join(home, 'checkout'));
    symlinkSync(path.join(root, 'bin'), path.join(home, 'checkout', 'bin'));
  });
  afterEach(() => {
    if (group !== undefined) endGroup(group);
    rmSync(home, { recursive: true });
  });

  it('runs as it is written, and prints what it says', async () => {
    const [gateway, service] = [String(await freePort()), String(await freePort())];
    const ports = (text: string): string => text.replaceAll('8000', gateway).replaceAll('8001', service)
      // A busy machine takes longer to reload than the reader's.
      .replaceAll(/^sleep 1$/gm, 'sleep 5');
    const { PASSERELLE_CONFIG: _config, FORCE_COLOR: _colour, ...env } = process.env;
    const bash = spawn('bash', ['-eu'], {
      cwd: path.join(home, 'checkout'), detached: true, stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env, HOME: home, PASSERELLE__SERVER__PORT: gateway, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` },
    });
    group = bash.pid;
    const closed = once(bash, 'close');
    let out = '';
    let err = '';
    bash.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    bash.stderr.setEncoding('utf8').on('data', (text: string) => { err += text; });
    bash.stdin.end(ports(script(fences)));
    // What it began in the background holds its output open, and outlives it when a command fails.
    const [code] = await once(bash, 'exit');
    endGroup(bash.pid as number);
    await closed;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const printed = outputs(out);
    fences.forEach(({ language, text }, index) => {
      if (language === 'text') expect(withoutLog(printed.get(index - 1) ?? '')).toBe(ports(text));
    });
    expect(printed.size).toBe(fences.filter(({ language, file }) => language === 'sh' && file === null).length);
  }, 180_000);
});

/** What is left of the page's processes when a command of it failed. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}

/** What each fence printed, by its number. */
function outputs(out: string): ReadonlyMap<number, string> {
  const parts = out.split(new RegExp(`^${MARK} (\\d+)\\n`, 'm'));
  return new Map(parts.flatMap((text, i) => (i % 2 === 0 && parts[i + 1] !== undefined ? [[Number(parts[i + 1]), text] as const] : [])));
}

/** The gateway in the background says things of its own, which nobody can place. */
function withoutLog(text: string): string {
  return text.split('\n').filter((line) => !line.startsWith('{"level"') && !line.startsWith('Passerelle listens')).join('\n');
}
