import { hostName } from './hosts.js';
import { matchKey, restAfter } from './segment.js';
import type { HostTrees, Leaf, StringPrefixes, TrieNode } from './trie.js';

/**
 * Visits the routes whose host and path fit a request, most specific first (specificity.ts), until `accept` is
 * content: depth first, and where nothing was accepted, back to the next kind of segment. A place of the tree is
 * visited at most once, so the cost follows the depth of the path and not the number of routes.
 *
 * Made once per table and used for one request after the other: a search is synchronous and keeps nothing.
 */
export abstract class Walk<T> {
  /** Places looked at by the latest search. */
  steps = 0;
  /** Bounds of the segments captured on the way to where the walk is. */
  protected readonly starts: number[] = [];
  protected readonly ends: number[] = [];
  protected path = '/';

  constructor(private readonly trees: HostTrees<T>) {}

  /** Called with the routes of one pattern; `restAt` is where `**` starts. Returns `true` to end the walk. */
  protected abstract accept(leaf: Leaf<T>, restAt: number): boolean;

  protected walk(authority: string, path: string): boolean {
    this.steps = 0;
    this.path = path;
    const { trees } = this;
    // The asterisk-form (`OPTIONS *`) speaks of the server and is no route's.
    if (path.charCodeAt(0) !== 0x2f) return false;
    return (trees.byHost && this.#namedHosts(hostName(authority))) || this.#node(trees.any, 1, 0);
  }

  #namedHosts(host: string): boolean {
    const { exact, wildcard } = this.trees;
    const tree = exact.get(host);
    if (tree && this.#node(tree, 1, 0)) return true;
    if (wildcard.size === 0) return false;
    for (let dot = host.indexOf('.', 1); dot > 0; dot = host.indexOf('.', dot + 1)) {
      const below = wildcard.get(host.slice(dot + 1));
      if (below && this.#node(below, 1, 0)) return true;
    }
    return false;
  }

  /** `at`: where the next segment starts; `captured`: how many `:param` segments led here. */
  #node(node: TrieNode<T>, at: number, captured: number): boolean {
    this.steps += 1;
    const { path } = this;
    if (at >= path.length) {
      return (node.end !== null && this.accept(node.end, path.length)) || (node.rest !== null && this.accept(node.rest, path.length));
    }
    const slash = path.indexOf('/', at);
    const end = slash < 0 ? path.length : slash;
    if (this.#byText(node, at, end, captured)) return true;
    if (node.param !== null && end > at) {
      this.starts[captured] = at;
      this.ends[captured] = end;
      if (this.#node(node.param, end + 1, captured + 1)) return true;
    }
    return node.rest !== null && this.accept(node.rest, at);
  }

  #byText(node: TrieNode<T>, at: number, end: number, captured: number): boolean {
    if (node.literals === null && node.strings === null) return false;
    const segment = this.path.slice(at, end);
    const key = matchKey(segment);
    const child = node.literals?.get(key);
    if (child && this.#node(child, end + 1, captured)) return true;
    return node.strings !== null && this.#strings(node.strings, segment, at);
  }

  #strings(strings: StringPrefixes<T>, segment: string, at: number): boolean {
    const key = matchKey(segment);
    for (const length of strings.lengths) {
      this.steps += 1;
      const leaf = strings.find(key, length);
      if (leaf && this.accept(leaf, restAfter(segment, at, length))) return true;
    }
    return false;
  }
}
