import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { asset, type Asset } from './asset.js';
import { REDOC_SCRIPT } from './redoc-page.js';

/** Where the build puts it. ReDoc's package has dependencies by the dozen that a running gateway needs nothing of. */
const BUILT = fileURLToPath(new URL(`../../assets/redoc/${REDOC_SCRIPT}`, import.meta.url));

/** A picture that the script would load from its makers' server, and an empty one in its place. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

let loaded: Promise<Asset> | null = null;

/** ReDoc, read once. */
export function redocAsset(): Promise<Asset> {
  return (loaded ??= load());
}

async function load(): Promise<Asset> {
  // A checkout that runs from its sources has no build beside them, but the package.
  const file = existsSync(BUILT) ? BUILT : createRequire(import.meta.url).resolve(`redoc/bundles/${REDOC_SCRIPT}`);
  const script = await readFile(file, 'utf8');
  return asset('text/javascript; charset=utf-8', Buffer.from(script.replaceAll(LOGO, NO_LOGO)));
}
