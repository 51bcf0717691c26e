import path from 'node:path';
import type { Issues } from './issues.js';
import { locate } from './nodes.js';
import type { Written } from './origins.js';
import { readBodyFile } from './read-file.js';
import type { RouteConfig } from './schema/index.js';

/** Bytes in base64 by name as written: a change of a file is a change of the configuration. */
export type BodyFiles = Readonly<Record<string, string>>;

interface Answering {
  readonly routes: ReadonlyMap<string, RouteConfig>;
  readonly written: Written;
}

/** Reads the files that routes answer with. What is wrong with one goes to `issues`. @param folder where their names start. */
export function readBodyFiles({ routes, written }: Answering, folder: string, issues: Issues): BodyFiles {
  const files: Record<string, string> = {};
  for (const [name, { fallback }] of routes) {
    const node = written.routes.get(name);
    for (const [index, standIn] of (fallback?.chain ?? []).entries()) {
      if (standIn === 'stale' || !('file' in standIn) || !node) continue;
      const reading = readBodyFile(path.resolve(folder, standIn.file));
      if ('bytes' in reading) files[standIn.file] = Buffer.from(reading.bytes).toString('base64');
      else {
        const listed = locate(node, ['fallback']).node.kind === 'list';
        const at = ['fallback', ...(listed ? [] : ['chain']), index, 'file'];
        issues.add(locate(node, at).place, ['routes', name, ...at], `${standIn.file}: ${reading.problem}`);
      }
    }
  }
  return files;
}
