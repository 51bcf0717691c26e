import path from 'node:path';
import type { Issues } from './issues.js';
import { nearestName } from './nearest-name.js';
import type { Entry, Node, ScalarNode } from './nodes.js';
import type { Source } from './place.js';
import { readValueFile } from './read-file.js';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Filled {
  readonly text: string;
  readonly from: ScalarNode['from'];
  /** Nothing stands beside the one interpolation. */
  readonly whole: boolean;
}

/** Replaces `${NAME}`, `${NAME:-default}` and `${file:path}` in every text of a tree; `$${` stands for `${`. */
export function interpolate(node: Node, env: Environment, issues: Issues): Node {
  return visit(node, []);

  function visit(at: Node, where: readonly string[]): Node {
    if (at.kind === 'scalar') return scalar(at, where);
    if (at.kind === 'list') return { ...at, items: at.items.map((item, index) => visit(item, [...where, String(index)])) };
    return { ...at, entries: new Map([...at.entries].map(([key, entry]): [string, Entry] => [key, { ...entry, node: visit(entry.node, [...where, key]) }])) };
  }

  function scalar(at: ScalarNode, where: readonly string[]): ScalarNode {
    if (typeof at.value !== 'string' || !at.value.includes('${')) return at;
    try {
      const { text, from, whole } = fill(at.value, env, at.place.source);
      return { ...at, value: text, from, ...(whole ? { whole } : {}) };
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      issues.add(at.place, where, { message: error.message, ...(error.suggestion === undefined ? {} : { suggestion: error.suggestion }) });
      return { ...at, broken: true };
    }
  }
}

class InterpolationError extends Error {
  constructor(message: string, readonly suggestion?: string) {
    super(message);
  }
}

function fill(text: string, env: Environment, source: Source): Filled {
  let out = '';
  let from: ScalarNode['from'] = 'text';
  let whole = false;
  for (let index = 0; index < text.length;) {
    const start = text.indexOf('${', index);
    if (start < 0) return { text: out + text.slice(index), from, whole: false };
    if (text[start - 1] === '$' && start > index) {
      out += `${text.slice(index, start - 1)}\${`;
      index = start + 2;
      continue;
    }
    const end = closing(text, start + 2);
    const value = resolve(text.slice(start + 2, end), env, source);
    from = from === 'file' ? from : value.from;
    whole = start === 0 && end === text.length - 1;
    out += text.slice(index, start) + value.text;
    index = end + 1;
  }
  return { text: out, from, whole };
}

/** Where the braces of `${` close; a default may hold braces of its own, JSON for instance. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    else if (text[index] === '}' && depth === 0) return index;
    else if (text[index] === '}') depth -= 1;
  }
  throw new InterpolationError('`${` is never closed; write `$${` for the characters themselves');
}

function resolve(inner: string, env: Environment, source: Source): Pick<Filled, 'text' | 'from'> {
  if (inner.startsWith('file:')) return { text: readInto(fill(inner.slice(5), env, source).text, source), from: 'file' };
  const parts = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inner);
  if (!parts) throw new InterpolationError('expected `${NAME}`, `${NAME:-default}` or `${file:path}`; write `$${` for the characters themselves');
  const [, name = '', fallback] = parts;
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  // As in a shell, `:-` also stands in for a variable that is set but empty.
  if (value !== undefined && (value !== '' || fallback === undefined)) return { text: value, from: 'variable' };
  if (fallback !== undefined) return fill(fallback, env, source);
  throw new InterpolationError(`the environment variable ${name} is not set; set it, or give a default: \${${name}:-default}`, nearestName(name, Object.keys(env)));
}

function readInto(file: string, { folder, remote }: Source): string {
  if (remote !== undefined) throw new InterpolationError('`${file:...}` may stand only in a file: whoever may write this could read any file of the gateway with it');
  const absolute = path.resolve(folder, file);
  const reading = readValueFile(absolute);
  if ('problem' in reading) throw new InterpolationError(`${file}: ${reading.problem}`);
  return reading.text;
}
