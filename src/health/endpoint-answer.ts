import { compileJsonTemplate, type Resolve } from '#libs/transforms';
import type { EndpointConfig } from '../config/index.js';

/** What a placeholder stands for, by name. */
export type Placeholders<S> = Readonly<Record<string, (scope: S) => unknown>>;

/** How a template speaks of each item of a list: an object whose only key is `{service}` holds one entry per item. */
export interface Each<S, I> {
  readonly items: (scope: S) => readonly I[];
  readonly key: (item: I) => string;
  readonly placeholders: Placeholders<I>;
}

/** Builds a body from what it is about. */
export type CompiledAnswer<S> = (scope: S) => unknown;

/** The only key of an object that stands for one entry per service. */
const EACH = '{service}';

/** Compiles a body template; names outside the table are asked of `more`, which knows families of names. */
export function compileAnswer<S, I = never>(template: unknown, placeholders: Placeholders<S>, { each, more }: { each?: Each<S, I>; more?: Resolve<S> } = {}): CompiledAnswer<S> {
  const lists = new Map<string, CompiledAnswer<S>>();
  const names = Object.keys(placeholders);
  const resolve: Resolve<S> = (name) => (Object.hasOwn(placeholders, name) ? placeholders[name] : lists.get(name) ?? more?.(name));
  return compileJsonTemplate(each ? liftEach(template, each, lists) : template, resolve, names);
}

/** Replaces every per-service object by a placeholder of its own; the template engine keeps a lone placeholder's type. */
function liftEach<S, I>(template: unknown, each: Each<S, I>, lists: Map<string, CompiledAnswer<S>>): unknown {
  if (Array.isArray(template)) return template.map((item) => liftEach(item, each, lists));
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template);
  const [only] = entries;
  if (entries.length !== 1 || only?.[0] !== EACH) return Object.fromEntries(entries.map(([key, value]) => [key, liftEach(value, each, lists)]));
  const body = compileAnswer(only[1], each.placeholders);
  const name = `each:${lists.size}`;
  lists.set(name, (scope) => Object.fromEntries(each.items(scope).map((item) => [each.key(item), body(item)])));
  return `{${name}}`;
}

/** Compiles each endpoint's `answer` once, or the built-in shape where it has none. */
export class EndpointAnswers<S> {
  readonly #compiled = new WeakMap<EndpointConfig, CompiledAnswer<S>>();

  constructor(private readonly compile: (template: unknown) => CompiledAnswer<S>, private readonly standard: unknown) {}

  /** @throws TemplateError when the template has a placeholder that means nothing. */
  of(endpoint: EndpointConfig): CompiledAnswer<S> {
    const known = this.#compiled.get(endpoint);
    if (known) return known;
    const answer = this.compile(endpoint.answer ?? this.standard);
    this.#compiled.set(endpoint, answer);
    return answer;
  }
}
