import type { z } from 'zod';
import type { Authenticator, Balancer, Discovery, Guard, Interceptor, Transform } from './contracts.js';
import type { Clock, Random } from './clock.js';
import type { Target } from './target.js';

/** What a factory may ask of the gateway it is built into. */
export interface Surroundings {
  /** Name in the file of what is built, where it has one: an authenticator's key, the service of a balancer or a discovery. */
  readonly name?: string;
  /** Of the configuration; relative paths start there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** For balancers: the weight of a target now, less than its own while it warms up. Missing where nothing does. */
  readonly weigh?: (target: Target) => number;
  /** Whether an address is a proxy of ours (`forwarded.trust`). Missing where nobody is. */
  readonly trusts?: (address: string) => boolean;
  /** A Nest provider by its token, for extensions that need one. Throws when there is none. */
  readonly resolve: <T>(token: unknown) => T;
}

/** The extension points of the file and what each one creates. */
export interface ExtensionKinds {
  authenticator: Authenticator;
  balancer: Balancer;
  discovery: Discovery;
  guard: Guard;
  interceptor: Interceptor;
  transform: Transform;
}
export type ExtensionKind = keyof ExtensionKinds;

/** One extension: the `use:` name, the schema of its options, and the function that builds it once per snapshot. */
export interface Extension<K extends ExtensionKind = ExtensionKind, S extends z.ZodObject = z.ZodObject> {
  readonly kind: K;
  /** The `use:` name; also its file name, metric label and docs anchor. */
  readonly name: string;
  /** Strict object schema of the options beside `use`; every field described. */
  readonly schema: S;
  /** Called once per use in the file when a snapshot is built. */
  create(options: z.output<S>, surroundings: Surroundings): ExtensionKinds[K];
}

type Definition<K extends ExtensionKind, S extends z.ZodObject> = Omit<Extension<K, S>, 'kind'>;

function definer<K extends ExtensionKind>(kind: K) {
  return <S extends z.ZodObject>(definition: Definition<K, S>): Extension<K, S> => Object.freeze({ kind, ...definition });
}

export const defineAuthenticator = definer('authenticator');
export const defineBalancer = definer('balancer');
export const defineDiscovery = definer('discovery');
export const defineGuard = definer('guard');
export const defineInterceptor = definer('interceptor');
export const defineTransform = definer('transform');

/** What is in the box, and what plugins add to it. */
export class ExtensionRegistry {
  readonly #byKind = new Map<ExtensionKind, Map<string, Extension>>();

  /** @throws Error when a name is taken within its kind. */
  constructor(extensions: readonly Extension[]) {
    for (const extension of extensions) {
      const names = this.#byKind.get(extension.kind) ?? new Map<string, Extension>();
      if (names.has(extension.name)) throw new Error(`There are two extensions "${extension.name}" of kind ${extension.kind}`);
      names.set(extension.name, extension);
      this.#byKind.set(extension.kind, names);
    }
  }

  all<K extends ExtensionKind>(kind: K): readonly Extension<K>[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])] as unknown as Extension<K>[];
  }

  /**
   * Builds the extension that a validated `{ use, ...options }` names.
   * @throws Error when the name is unknown: validation must have refused it before.
   */
  create<K extends ExtensionKind>(kind: K, chosen: Chosen, surroundings: Surroundings): ExtensionKinds[K] {
    const { use, ...options } = chosen;
    const extension = this.#byKind.get(kind)?.get(use);
    if (!extension) throw new Error(`There is no ${kind} "${use}"`);
    return extension.create(options, surroundings) as ExtensionKinds[K];
  }
}

/** An inline choice of code in the file: its name, and its options beside it. */
export interface Chosen {
  readonly use: string;
  readonly [option: string]: unknown;
}
