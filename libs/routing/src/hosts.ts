import { domainToASCII } from 'node:url';

/** A host pattern: any host, an exact one, or `*.` before a name. */
export interface HostPattern {
  readonly kind: 'exact' | 'wildcard' | 'any';
  /** The name, lower case and in ASCII, without the `*.` of a wildcard; empty for any host. */
  readonly name: string;
}

export const ANY_HOST: HostPattern = Object.freeze({ kind: 'any', name: '' });

const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/;

/** Reads a host pattern; `null` when it can match no host. */
export function parseHost(text: string): HostPattern | null {
  if (text === '*') return ANY_HOST;
  const wildcard = text.startsWith('*.');
  const written = wildcard ? text.slice(2) : text;
  const name = written.startsWith('[') ? written.toLowerCase() : domainToASCII(written).replace(/\.$/, '');
  return HOST.test(name) ? { kind: wildcard ? 'wildcard' : 'exact', name } : null;
}

/** The host of an authority as patterns know it: lower case, without port and without the root's dot. */
export function hostName(authority: string): string {
  const bracket = authority.lastIndexOf(']');
  const colon = authority.indexOf(':', bracket + 1);
  const host = (colon < 0 ? authority : authority.slice(0, colon)).toLowerCase();
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/** Whether a host (of `hostName`) fits; `*.example.org` stands for one label or more before `example.org`. */
export function hostFits(pattern: HostPattern, host: string): boolean {
  switch (pattern.kind) {
    case 'any': return true;
    case 'exact': return host === pattern.name;
    case 'wildcard': return host.length > pattern.name.length + 1 && host.endsWith(`.${pattern.name}`);
  }
}

/** The pattern as the file has it. */
export function hostText(pattern: HostPattern): string {
  return pattern.kind === 'exact' ? pattern.name : pattern.kind === 'any' ? '*' : `*.${pattern.name}`;
}
