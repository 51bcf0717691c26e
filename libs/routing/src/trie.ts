import type { Candidate } from './candidate.js';
import type { Segment } from './pattern.js';

/** Routes of one host and one path shape, most specific first. */
export type Leaf<T> = Candidate<T>[];

/** A place in the tree of segments. What a table does not use stays `null`, so that a search skips it. */
export class TrieNode<T> {
  literals: Map<string, TrieNode<T>> | null = null;
  /** Patterns that end in the start of a segment. */
  strings: StringPrefixes<T> | null = null;
  param: TrieNode<T> | null = null;
  /** Patterns whose `**` starts here. */
  rest: Leaf<T> | null = null;
  /** Patterns that end here. */
  end: Leaf<T> | null = null;

  /** The leaf of a pattern's segments, made where it is missing. */
  leafFor(segments: readonly Segment[]): Leaf<T> {
    const [segment, ...below] = segments;
    switch (segment?.kind) {
      case undefined: return (this.end ??= []);
      case 'rest': return (this.rest ??= []);
      case 'string': return (this.strings ??= new StringPrefixes()).leafFor(segment.text);
      case 'param': return (this.param ??= new TrieNode()).leafFor(below);
      case 'literal': return this.#literal(segment.text).leafFor(below);
    }
  }

  #literal(text: string): TrieNode<T> {
    this.literals ??= new Map();
    let child = this.literals.get(text);
    if (!child) this.literals.set(text, (child = new TrieNode()));
    return child;
  }
}

/** String prefixes by length: one look-up per length in use, however many there are. */
export class StringPrefixes<T> {
  readonly #leaves = new Map<string, Leaf<T>>();
  /** Lengths in use, longest first. */
  lengths: number[] = [];

  leafFor(text: string): Leaf<T> {
    let leaf = this.#leaves.get(text);
    if (leaf) return leaf;
    this.#leaves.set(text, (leaf = []));
    this.lengths = [...new Set([...this.lengths, text.length])].sort((a, b) => b - a);
    return leaf;
  }

  /** Routes for segments that start with the first `length` characters of `key`. */
  find(key: string, length: number): Leaf<T> | undefined {
    return length > key.length ? undefined : this.#leaves.get(key.slice(0, length));
  }
}

/** The trees of a table, by host. */
export class HostTrees<T> {
  readonly exact = new Map<string, TrieNode<T>>();
  /** By the name behind `*.`. */
  readonly wildcard = new Map<string, TrieNode<T>>();
  readonly any = new TrieNode<T>();

  leafFor({ host, pattern }: Candidate<T>): Leaf<T> {
    if (host.kind === 'any') return this.any.leafFor(pattern.segments);
    const trees = this[host.kind];
    let tree = trees.get(host.name);
    if (!tree) trees.set(host.name, (tree = new TrieNode()));
    return tree.leafFor(pattern.segments);
  }

  /** Whether the host of a request matters at all. */
  get byHost(): boolean {
    return this.exact.size + this.wildcard.size > 0;
  }
}
