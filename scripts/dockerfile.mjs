// Reads the Dockerfile, and what .dockerignore lets through to it, as far as these two go.
import { cpSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');

export const instructions = read('Dockerfile').replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '').split('\n').filter(Boolean)
  .map((line) => ({ word: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));

/** The instructions of each stage, its FROM first. */
export const stages = instructions.reduce((all, each) => {
  if (each.word === 'FROM') all.push([]);
  all.at(-1)?.push(each);
  return all;
}, []);

export function copyOf({ rest }) {
  const [, from, paths] = /^(?:--from=(\S+) )?(.*)$/.exec(rest);
  const all = paths.split(' ');
  return { from: from ?? null, sources: all.slice(0, -1), to: all.at(-1) };
}

export const copiesOf = (stage) => stage.filter(({ word }) => word === 'COPY').map(copyOf);

const ignore = read('.dockerignore').split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** Names that .dockerignore takes back in, less the endings it takes out again. */
export const allowed = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
const endings = ignore.filter((line) => line.startsWith('**/')).map((line) => line.replace(/^\*\*\/\*?/, ''));
const sent = (name) => allowed.some((each) => name === each || name.startsWith(`${each}/`)) && !endings.some((ending) => name.endsWith(ending));

/** Where a source comes to lie in the folder that `workdir` is. */
export const targetOf = (source, to, workdir) => (to.endsWith('/') ? path.join(workdir, to, path.basename(source)) : path.join(workdir, to));

/** Copies what a COPY takes from the context, as Docker would. */
export function copyFromContext({ sources, to }, workdir) {
  const filter = (file) => statSync(file).isDirectory() || sent(path.relative(root, file));
  for (const source of sources) cpSync(path.join(root, source), targetOf(source, to, workdir), { recursive: true, filter });
}
