import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './interpolate.js';
import type { Issues } from './issues.js';
import { readConfigurationFile } from './read-file.js';

/** Variables that name the profile, the first that is set. */
const PROFILE = ['PASSERELLE_ENV', 'APP_ENV', 'ENVIRONMENT'];

/**
 * The environment with what files beside the configuration add to it: `.env`, over it `.env.local`, over that
 * `.env.<profile>`, over that `.env.<profile>.local`. The real environment wins over all.
 */
export function withDotEnv(file: string, env: Environment, issues: Issues): Environment {
  const folder = path.dirname(path.resolve(file));
  const real = spelled(env);
  const common = { ...readEnv(folder, '.env', issues), ...readEnv(folder, '.env.local', issues) };
  const profile = profileOf({ ...common, ...real });
  const own = profile === null ? {} : { ...readEnv(folder, `.env.${profile}`, issues), ...readEnv(folder, `.env.${profile}.local`, issues) };
  return { ...common, ...own, ...real };
}

/** What is no word names no file. */
function profileOf(env: Environment): string | null {
  const name = PROFILE.map((variable) => env[variable]).find((value) => value !== undefined && value !== '');
  return name !== undefined && name !== 'local' && /^\w[\w-]*$/.test(name) ? name : null;
}

function readEnv(folder: string, name: string, issues: Issues): Environment {
  const file = path.join(folder, name);
  const reading = readConfigurationFile(file);
  if ('text' in reading) return spelled(parseEnv(reading.text));
  if (reading.problem !== 'there is no such file' && reading.problem !== 'the file is empty') {
    issues.add({ source: { name: file, folder }, line: 0, column: 0 }, [], reading.problem);
  }
  return {};
}

/** Some platforms write levels with two underscores: `A__B` is `A_B` too, unless there is one. Ours mean settings. */
function spelled(env: Environment): Environment {
  const nested = Object.keys(env).filter((name) => name.includes('__') && !name.toUpperCase().startsWith('PASSERELLE__'));
  return nested.length === 0 ? env : { ...Object.fromEntries(nested.map((name) => [name.replaceAll('__', '_'), env[name]])), ...env };
}
