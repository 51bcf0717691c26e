import type { Common } from './overlap.js';
import { endsOpen, type Pattern, type Segment } from './pattern.js';
import { escapeByte } from './percent.js';
import type { RouteRequest, VersionsSpec } from './types.js';

const PLAIN = /[^\w.~!$&'()*+,;=:@%-]/g;

/** A request that both routes of an ambiguity match; a value that only expressions describe is left out. */
export function exampleRequest<T>(common: Common<T>, versions: VersionsSpec | null): RouteRequest {
  const { host, pattern } = common.candidate;
  const headers: Record<string, string> = {};
  const query = new URLSearchParams();
  for (const { condition, overlap } of common.conditions) {
    if (overlap.kind !== 'value' || overlap.value === null) continue;
    if (condition.source === 'header') headers[condition.name] = overlap.value;
    else query.set(condition.name, overlap.value);
  }
  let path = examplePath(pattern);
  if (common.version !== null && versions !== null) {
    if (versions.prefix) path = `/${common.version}${path}`;
    else if (versions.header !== undefined) headers[versions.header.toLowerCase()] = common.version;
    else if (versions.mediaType !== undefined) headers['accept'] = `*/*; ${versions.mediaType}=${common.version}`;
  }
  const search = query.toString();
  return {
    method: common.method,
    path,
    query: search === '' ? '' : `?${search}`,
    host: host.kind === 'wildcard' ? `any.${host.name}` : host.name,
    headers,
  };
}

function examplePath({ segments, slash }: Pattern): string {
  const path = `/${segments.flatMap(exampleSegment).join('/')}`;
  return slash === 'with' && !endsOpen(segments) ? `${path}/` : path;
}

function exampleSegment(segment: Segment): string | string[] {
  switch (segment.kind) {
    case 'literal':
    case 'string': return segment.text.replace(PLAIN, (character) => escapeByte(character.charCodeAt(0)));
    case 'param': return segment.name;
    case 'rest': return [];
  }
}

/** The example in one line, for the message. */
export function exampleText<T>({ method, path, query, host, headers }: RouteRequest, { conditions }: Common<T>): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const open = conditions.filter(({ overlap }) => overlap.kind === 'unknown')
    .map(({ condition }) => `a ${condition.source} ${condition.name} that both accept`);
  const extras = [...fields, ...open];
  const url = host === '' ? `${path}${query}` : `http://${host}${path}${query}`;
  return `${method} ${url}${extras.length === 0 ? '' : ` with ${extras.join(', ')}`}`;
}
