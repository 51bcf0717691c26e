import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request } from 'undici';
import { Passerelle } from '../../support/passerelle.js';

/** A built gateway in a process of its own, with a file that can be written anew. */
export class Platform implements AsyncDisposable {
  private constructor(readonly process: Passerelle, readonly url: string, private readonly folder: string) {}

  /** @param yaml without `version`, `log` and `server.port`. */
  static async start(yaml: string): Promise<Platform> {
    const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-load-'));
    write(folder, yaml);
    const gateway = Passerelle.run(['start', '--port', '0', '--host', '127.0.0.1'], { cwd: folder });
    const [, url = ''] = await gateway.says(/listens on (http:\/\/127\.0\.0\.1:\d+)/);
    return new Platform(gateway, url, folder);
  }

  /** Resident memory of its process, in megabytes. */
  async resident(): Promise<number> {
    return (await this.metric('process_resident_memory_bytes')) / 1_000_000;
  }

  rewrite(yaml: string): void {
    write(this.folder, yaml);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.child.kill(signal);
  }

  /** Sum of a metric's samples whose labels have all of these. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    // On a connection of its own: one that is kept may be one of a worker that is about to end.
    const text = await (await request(`${this.url}/metrics`, { reset: true })).body.text();
    const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.filter((line) => wanted.every((label) => line.includes(label))).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true });
  }
}

function write(folder: string, yaml: string): void {
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1\nlog: { access: off, level: error }\n${yaml}`);
}
