import { slashFits, versionFits, type Candidate } from './candidate.js';
import { RequestFacts } from './conditions.js';
import type { Pattern } from './pattern.js';
import type { Leaf } from './trie.js';
import type { Match, RouteRequest } from './types.js';
import type { Versioned } from './versions.js';
import { Walk } from './walk.js';

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/** Finds the route of a request. */
export class Search<T> extends Walk<T> {
  /** Routes tried by the latest search. */
  candidates = 0;
  #request: RouteRequest | null = null;
  #facts: RequestFacts | null = null;
  #version: string | null = null;
  #named = false;
  #match: Match<T> | null = null;

  /** @param versioned what the request says of its version; `null` where there are none. */
  find(request: RouteRequest, versioned: Versioned | null): Match<T> | null {
    this.candidates = 0;
    this.#request = request;
    this.#version = versioned === null ? null : versioned.version;
    this.#named = versioned !== null && versioned.named;
    this.walk(request.host, versioned === null ? request.path : versioned.path);
    const match = this.#match;
    this.#request = this.#facts = this.#match = null;
    return match;
  }

  protected override accept(leaf: Leaf<T>, restAt: number): boolean {
    for (const candidate of leaf) {
      this.candidates += 1;
      if (!this.#fits(candidate)) continue;
      this.#match = {
        name: candidate.route.name,
        value: candidate.route.value,
        pattern: candidate.pattern.text,
        params: this.#params(candidate.pattern, restAt),
        version: this.#version,
        named: this.#named,
        path: this.path,
      };
      return true;
    }
    return false;
  }

  #fits({ route, pattern }: Candidate<T>): boolean {
    const request = this.#request as RouteRequest;
    if (route.methods !== null && !route.methods.has(request.method)) return false;
    if (!slashFits(pattern, this.path) || !versionFits(route.versions, this.#version)) return false;
    if (route.conditions.length === 0) return true;
    const facts = (this.#facts ??= new RequestFacts(request));
    return route.conditions.every((condition) => facts.holds(condition));
  }

  #params({ names, captures }: Pattern, restAt: number): Readonly<Record<string, string>> {
    if (names.length === 0) return NO_PARAMS;
    const params: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      params[name] = i < captures ? this.path.slice(this.starts[i], this.ends[i]) : this.path.slice(restAt);
    }
    return params;
  }
}

/** Collects the methods that exist where no route matched. */
export class MethodSearch<T> extends Walk<T> {
  readonly #methods = new Set<string>();
  #facts: RequestFacts | null = null;
  #version: string | null = null;

  /** Methods of the routes that fit in all but the method, and OPTIONS, which the gateway answers; empty without such a route. */
  find(request: RouteRequest, version: string | null, path: string): readonly string[] {
    this.#methods.clear();
    this.#facts = new RequestFacts(request);
    this.#version = version;
    this.walk(request.host, path);
    this.#facts = null;
    return this.#methods.size === 0 ? [] : [...this.#methods.add('OPTIONS')];
  }

  protected override accept(leaf: Leaf<T>): boolean {
    for (const { route, pattern } of leaf) {
      if (route.methods === null || !slashFits(pattern, this.path) || !versionFits(route.versions, this.#version)) continue;
      if (!route.conditions.every((condition) => this.#facts?.holds(condition))) continue;
      for (const method of route.methods) this.#methods.add(method);
    }
    return false;
  }
}
