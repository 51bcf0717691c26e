import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { asset, type Asset } from './asset.js';

/** What the page needs; nothing else of the package is served. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['index.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['swagger-ui-standalone-preset.js', 'text/javascript; charset=utf-8'],
  ['favicon-16x16.png', 'image/png'],
  ['favicon-32x32.png', 'image/png'],
]);

/** The package is a dependency of @nestjs/swagger, so it is looked for from there. */
function folder(): string {
  const fromHere = createRequire(import.meta.url);
  return path.dirname(createRequire(fromHere.resolve('@nestjs/swagger')).resolve('swagger-ui-dist/package.json'));
}

const loaded = new Map<string, Promise<Asset>>();

/** A file of Swagger UI, read once. @returns `null` for any name that is not on the list. */
export async function swaggerAsset(name: string): Promise<Asset | null> {
  const contentType = FILES.get(name);
  if (contentType === undefined) return null;
  const known = loaded.get(name) ?? readFile(path.join(folder(), name)).then((content) => asset(contentType, content));
  loaded.set(name, known);
  return known;
}
