import type { Candidate } from './candidate.js';
import { compileRoute } from './compile.js';
import { ambiguities } from './conflicts.js';
import { judge, type Explanation } from './explain.js';
import { questionOf } from './refusal.js';
import { MethodSearch, Search } from './search.js';
import { compareSpecificity } from './specificity.js';
import { nearestPattern } from './suggest.js';
import { HostTrees, type Leaf } from './trie.js';
import type { Match, RouteEntry, RouteMistake, RouteRequest, SearchCost, VersionsSpec } from './types.js';
import { versionMistakes, VersionReader, type Versioned } from './versions.js';

/**
 * All routes of a snapshot, compiled. Which of several matching routes wins: see specificity.ts. A search costs what
 * the path is deep, plus the routes that share the very host and pattern, however many others there are.
 */
export class RouteTable<T> {
  /** Everything wrong with the routes, ambiguities included. A table with mistakes must not go live. */
  readonly mistakes: readonly RouteMistake[];
  readonly #versions: VersionReader | null;
  readonly #trees = new HostTrees<T>();
  readonly #candidates: Candidate<T>[] = [];
  readonly #search = new Search<T>(this.#trees);
  readonly #methods = new MethodSearch<T>(this.#trees);
  #sorted: readonly Candidate<T>[] | null = null;

  constructor(entries: readonly RouteEntry<T>[], versions?: VersionsSpec) {
    this.#versions = versions ? new VersionReader(versions) : null;
    const mistakes: RouteMistake[] = versions ? versionMistakes(versions) : [];
    const leaves = new Set<Leaf<T>>();
    for (const entry of entries) {
      for (const candidate of compileRoute(entry, this.#versions, mistakes)) {
        const leaf = this.#trees.leafFor(candidate);
        leaf.push(candidate);
        leaves.add(leaf);
        this.#candidates.push(candidate);
      }
    }
    for (const leaf of leaves) leaf.sort(compareSpecificity);
    this.mistakes = [...mistakes, ...ambiguities(leaves, versions ?? null)];
  }

  /**
   * The route of a request, or `null`. A CORS preflight is looked up with the method it asks about.
   * @param cost filled with what the search cost, for tests and diagnostics
   */
  find(request: RouteRequest, cost?: SearchCost): Match<T> | null {
    const versioned = this.#versions === null ? null : this.#versions.read(request);
    if (versioned !== null && !versioned.known) return null;
    const match = this.#search.find(request, versioned);
    if (cost) {
      cost.steps = this.#search.steps;
      cost.candidates = this.#search.candidates;
    }
    return match;
  }

  /**
   * Methods for the Allow header of a request that `find` had no route for, HEAD and OPTIONS included: routes exist
   * that want only another method (405). Empty when there are none (404).
   */
  allow(request: RouteRequest): readonly string[] {
    const { version, known, path } = this.versionOf(request);
    return known ? this.#methods.find(request, version, path) : [];
  }

  /** Says of every route why it won or lost. For people and tools: it looks at all routes. */
  explain(request: RouteRequest): Explanation {
    const versioned = this.versionOf(request);
    const sorted = (this.#sorted ??= this.#candidates.toSorted(compareSpecificity));
    const routes = judge(sorted, questionOf(request, versioned, this.#versions?.spec.names ?? []));
    const winner = routes.find(({ outcome }) => outcome === 'won')?.name ?? null;
    const allow = winner === null ? this.allow(request) : [];
    return {
      winner, allow, routes,
      version: versioned.version,
      path: versioned.path,
      nearest: winner === null && allow.length === 0 ? nearestPattern(versioned.path, sorted) : null,
    };
  }

  /** Which version a request asks for, whether a route serves it or not. */
  versionOf(request: RouteRequest): Versioned {
    return this.#versions?.read(request) ?? { version: null, named: false, known: true, path: request.path };
  }
}
