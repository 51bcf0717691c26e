import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { defineAuthenticator, defineBalancer, defineTransform, secretText, type Extension } from '#libs/kernel';
import { ConfigurationError, formatIssues } from './issues.js';
import { loadConfig, type LoadedConfig } from './load-config.js';

const never = (): never => {
  throw new Error('Loading a file builds nothing');
};

/** A box of our own, so that the specs of this room need no other. */
export const builtIns: readonly Extension[] = [
  defineAuthenticator({
    name: 'token', create: never,
    schema: z.strictObject({ secret: secretText().describe('Key.'), lifetime: z.int().default(60).describe('Seconds.') }),
  }),
  defineAuthenticator({ name: 'header', create: never, schema: z.strictObject({ header: z.string().default('x-user').describe('Header.') }) }),
  defineBalancer({ name: 'p2c', create: never, schema: z.strictObject({ window: z.int().default(7).describe('Seconds.') }) }),
  defineTransform({ name: 'stamp', create: never, schema: z.strictObject({ text: z.string().describe('Text.') }) }),
] as readonly unknown[] as readonly Extension[];

/** Files in a folder of their own, gone when disposed of. */
export class ConfigFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'passerelle-config-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array): void {
    const file = this.at(name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  at(name: string): string {
    return path.join(this.path, name);
  }

  /** Loads `gateway.yaml` of the folder. */
  load(env: Readonly<Record<string, string>> = {}, name = 'gateway.yaml', looked = new Map<string, string>()): Promise<LoadedConfig> {
    return loadConfig({ file: this.at(name), env, builtIns, looked });
  }

  /** Everything wrong, as people read it, one line each and without the folder. */
  async mistakes(env: Readonly<Record<string, string>> = {}, name = 'gateway.yaml'): Promise<readonly string[]> {
    try {
      await this.load(env, name);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return formatIssues(error.issues).replaceAll(`${this.path}/`, '').split('\n');
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A small valid file; what is given comes after it. */
export function valid(more = ''): string {
  return `version: 1
authenticate: { users: { use: token, secret: "\${KEY:-not-a-real-secret}" } }
services: { echo: { targets: [{ url: http://localhost:9 }] } }
${more}`;
}
