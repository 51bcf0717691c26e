import type { RouteMistake, RouteRequest, VersionsSpec } from './types.js';

/** Which API version a request asks for, and its path without a version prefix. */
export interface Versioned {
  /** `null`: it names none and there is no default. May be a name that does not exist; then no route matches. */
  readonly version: string | null;
  /** Whether the call says so; else it is the default. */
  readonly named: boolean;
  readonly known: boolean;
  readonly path: string;
}

/**
 * Finds the version of a request. The path prefix says it first, then the header, then the parameter of the Accept
 * media type, then the default. A version that is named but does not exist is never replaced by the default: the
 * client would get another API than it asked for.
 */
export class VersionReader {
  readonly names: ReadonlySet<string>;
  readonly #parameter: RegExp | null;

  constructor(readonly spec: VersionsSpec) {
    this.names = new Set(spec.names);
    this.#parameter = spec.mediaType === undefined ? null : parameterOf(spec.mediaType);
  }

  read(request: RouteRequest): Versioned {
    const { path } = request;
    const prefixed = this.spec.prefix ? this.#prefixOf(path) : null;
    if (prefixed !== null) return { version: prefixed, named: true, known: true, path: path.slice(prefixed.length + 1) || '/' };
    const asked = this.#fromHeader(request) ?? this.#fromAccept(request);
    const version = asked ?? this.spec.default ?? null;
    return { version, named: asked !== undefined, known: version === null || this.names.has(version), path };
  }

  #prefixOf(path: string): string | null {
    const slash = path.indexOf('/', 1);
    const first = slash < 0 ? path.slice(1) : path.slice(1, slash);
    return this.names.has(first) ? first : null;
  }

  #fromHeader({ headers }: RouteRequest): string | undefined {
    const field = this.spec.header === undefined ? undefined : headers[this.spec.header.toLowerCase()];
    return typeof field === 'string' ? field.trim() : undefined;
  }

  /** The first media range that names a version that exists; else the first that names one at all. */
  #fromAccept({ headers }: RouteRequest): string | undefined {
    const { accept } = headers;
    if (this.#parameter === null || typeof accept !== 'string' || !accept.includes('=')) return undefined;
    let first: string | undefined;
    for (const found of accept.matchAll(this.#parameter)) {
      const version = found[1] ?? found[2] ?? '';
      if (this.names.has(version)) return version;
      first ??= version;
    }
    return first;
  }
}

/** RFC 9110 5.6.6: `; name=token` or `; name="text"`, the name without case. */
function parameterOf(name: string): RegExp {
  return new RegExp(`;[ \\t]*${name.replace(/[^\w-]/g, '\\$&')}=(?:"([^"]*)"|([^\\s;,"]+))`, 'gi');
}

/** What is wrong with `versions:` itself. */
export function versionMistakes(spec: VersionsSpec): RouteMistake[] {
  if (spec.default === undefined || spec.names.includes(spec.default)) return [];
  return [{ route: null, key: ['versions', 'default'], message: `the default version "${spec.default}" is not among ${spec.names.join(', ')}` }];
}
