import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { plain, type Io } from './io.js';
import { run } from './run.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly json: <T = Record<string, unknown>>() => T;
}

/** What somebody types: at a terminal, answer by answer, or into the standard input. */
export interface Typing {
  readonly answers?: readonly string[];
  readonly input?: string;
}

/** Runs a command line in this process and keeps what it says. */
export async function ran(argv: readonly string[], env: Record<string, string> = {}, { answers, input = '' }: Typing = {}): Promise<Ran> {
  let [out, err] = ['', ''];
  const left = [...(answers ?? [])];
  const ask = (question: string): Promise<string> => {
    err += `${question}\n`;
    return Promise.resolve(left.shift() ?? '');
  };
  const io: Io = {
    env, paint: plain, out: (text) => { out += `${text}\n`; }, err: (text) => { err += `${text}\n`; },
    ask: answers === undefined ? null : ask, read: () => Promise.resolve(input),
  };
  const code = await run(argv, io);
  return { code, out, err, json: <T>() => JSON.parse(out) as T };
}

/** A configuration in a folder of its own. */
export function configured(yaml: string): Disposable & { readonly file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-cli-'));
  const file = path.join(folder, 'gateway.yaml');
  writeFileSync(file, yaml);
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

export const SAMPLE = `version: 1
authenticate:
  users: { use: jwt, secret: "\${JWT_SECRET_KEY}" }
roles: { alias: { enseignant: teacher }, superuser: admin }
defaults: { timeout: { total: 20s }, cors: { origins: ["http://localhost:3000"] } }
policies:
  public: { authenticate: none }
  staff: { authorize: { roles: [teacher] } }
services:
  auth-service: { targets: "http://127.0.0.1:1" }
  attendance-service: { targets: "http://127.0.0.1:1/base" }
routes:
  login: { match: { path: /api/v1/auth/login, methods: [POST] }, use: public, to: auth-service }
  auth: { match: { path: /api/v1/auth/** }, to: auth-service }
  attendance:
    description: Who is there
    match: { path: /api/v1/attendance/** }
    use: staff
    to: attendance-service
    path: { strip: /api/v1 }
    headers: { request: { set: { X-Tenant: "{principal.claims.tenant}" } } }
    body: { types: [application/json], limit: 1kB }
endpoints: { health: { at: /health, authenticate: none } }
`;

/** Long enough for HS256. */
export const ENV = { JWT_SECRET_KEY: 'a-secret-for-specs-that-is-long-enough-0123456789' };
