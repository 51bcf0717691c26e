import { compileJsonTemplate, compileText, type Resolve } from '#libs/transforms';
import type { EndpointConfig } from '../config/index.js';

/** What a placeholder stands for, by name. */
export type Placeholders<S> = Readonly<Record<string, (scope: S) => unknown>>;

/** How a template speaks of each item of a list: a key with `{<token>}` in it stands for one entry per item. */
export interface Each<S, I> {
  /** `service` for keys such as `{service}` and `{service.snake}_service`. */
  readonly token: string;
  readonly items: (scope: S) => readonly I[];
  readonly key: (item: I) => string;
  /** Compiles what stands behind such a key. */
  readonly compile: (template: unknown) => CompiledAnswer<I>;
}

/** Builds a body from what it is about. */
export type CompiledAnswer<S> = (scope: S) => unknown;

interface Vocabulary<S, I> {
  readonly each?: Each<S, I> | undefined;
  /** Knows families of names. */
  readonly more?: Resolve<S> | undefined;
}

/** Compiles a body template; names outside the table are asked of `more`. */
export function compileAnswer<S, I = never>(template: unknown, placeholders: Placeholders<S>, { each, more }: Vocabulary<S, I> = {}): CompiledAnswer<S> {
  const names = Object.keys(placeholders);
  const own: Resolve<S> = (name) => (Object.hasOwn(placeholders, name) ? placeholders[name] : more?.(name));
  if (!each) return compileJsonTemplate(template, own, names);
  const lists = new Lists(each, (part) => compileAnswer(part, placeholders, { each, more }));
  return compileJsonTemplate(lists.lift(template), (name) => own(name) ?? lists.get(name), names);
}

/** The parts of a template that stand for lists. */
class Lists<S, I> {
  readonly #compiled = new Map<string, CompiledAnswer<S>>();

  constructor(private readonly each: Each<S, I>, private readonly compile: (part: unknown) => CompiledAnswer<S>) {}

  get(name: string): CompiledAnswer<S> | undefined {
    return this.#compiled.get(name);
  }

  /** Replaces every object with such keys by a placeholder of its own; the template engine keeps a lone placeholder's type. */
  lift(template: unknown): unknown {
    if (Array.isArray(template)) return template.map((item) => this.lift(item));
    if (typeof template !== 'object' || template === null) return template;
    const entries = Object.entries(template);
    if (!entries.some(([key]) => this.#stands(key))) return Object.fromEntries(entries.map(([key, value]) => [key, this.lift(value)]));
    const parts = entries.map(([key, value]) => (this.#stands(key) ? this.#perItem(key, value) : this.compile({ [key]: value })));
    const name = `each:${this.#compiled.size}`;
    // fromEntries defines properties, so that even a service `__proto__` is only a name.
    this.#compiled.set(name, (scope) => Object.fromEntries(parts.flatMap((part) => Object.entries(part(scope) as object))));
    return `{${name}}`;
  }

  #stands(key: string): boolean {
    return key.includes(`{${this.each.token}}`) || key.includes(`{${this.each.token}.snake}`);
  }

  #perItem(key: string, template: unknown): CompiledAnswer<S> {
    const { compile, items, key: nameOf, token } = this.each;
    const names = { [token]: nameOf, [`${token}.snake`]: (item: I) => snake(nameOf(item)) };
    const write = compileText<I>(key, (name) => (Object.hasOwn(names, name) ? names[name] : undefined), Object.keys(names));
    const body = compile(template);
    return (scope) => Object.fromEntries(items(scope).map((item) => [write(item), body(item)] as const).filter(([, value]) => value !== undefined));
  }
}

/** `user-service` as `user_service`, for platforms whose names are words of a program. */
export function snake(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+/g, '_');
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
