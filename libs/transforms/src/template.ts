/** A template that cannot be compiled; the message names the text and what is allowed. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Reads one value of a request; `undefined` when there is none. */
export type Getter<S> = (scope: S) => unknown;

/** Finds the getter of a placeholder; `undefined` when the name means nothing. */
export type Resolve<S> = (name: string) => Getter<S> | undefined;

/** Literal text, or the getter of a placeholder. */
type Part<S> = string | Getter<S>;

const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|\{/g;

/**
 * Compiles text with `{placeholders}`. `{{` and `}}` stand for the braces themselves; values that are missing come out
 * empty, lists with commas between, objects as JSON.
 * @throws TemplateError for a lone `{` or a name that `resolve` does not know; `allowed` is what the message lists.
 */
export function compileText<S>(text: string, resolve: Resolve<S>, allowed: readonly string[] = []): (scope: S) => string {
  const parts = parse(text, resolve, allowed);
  const [first = '', ...others] = parts;
  if (others.length > 0) return (scope) => join(parts, scope);
  return typeof first === 'string' ? () => first : (scope) => asText(first(scope));
}

/**
 * Compiles a JSON structure whose texts are templates. Text that is exactly one placeholder keeps the value's type;
 * a key or list item that comes out `undefined` is left out. Every call builds a new structure.
 * @throws TemplateError as `compileText` does.
 */
export function compileJsonTemplate<S>(value: unknown, resolve: Resolve<S>, allowed: readonly string[] = []): Getter<S> {
  if (typeof value === 'string') {
    const parts = parse(value, resolve, allowed);
    const [only] = parts;
    return parts.length === 1 && typeof only === 'function' ? only : compileText(value, resolve, allowed);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => compileJsonTemplate(item, resolve, allowed));
    return (scope) => items.map((item) => item(scope)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const fields = Object.entries(value).map(([key, field]) => [key, compileJsonTemplate(field, resolve, allowed)] as const);
  // fromEntries defines properties, so that even a key `__proto__` is only a key.
  return (scope) => Object.fromEntries(fields.map(([key, get]) => [key, get(scope)] as const).filter(([, field]) => field !== undefined));
}

/** The text that a template without placeholders stands for; `null` when it has one. */
export function literalOf(text: string): string | null {
  const parts = parse(text, () => () => undefined, []);
  const [first = '', ...others] = parts;
  return others.length === 0 && typeof first === 'string' ? first : null;
}

/** Names in the placeholders of a text. */
export function placeholdersOf(text: string): readonly string[] {
  const names: string[] = [];
  parse(text, (name) => {
    names.push(name);
    return () => undefined;
  }, []);
  return names;
}

/** A value inside a text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(asText).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean | bigint);
}

function join<S>(parts: readonly Part<S>[], scope: S): string {
  let result = '';
  for (const part of parts) result += typeof part === 'string' ? part : asText(part(scope));
  return result;
}

function parse<S>(text: string, resolve: Resolve<S>, allowed: readonly string[]): Part<S>[] {
  const parts: Part<S>[] = [];
  let literal = '';
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    literal += text.slice(end, token.index);
    end = token.index + token[0].length;
    const [whole, name] = token;
    if (whole === '{') throw new TemplateError(`"${text}" has a "{" without its "}"; write "{{" for the brace itself`);
    if (name === undefined) {
      literal += whole.charAt(0);
      continue;
    }
    const getter = resolve(name);
    if (!getter) throw new TemplateError(`"${text}" has the unknown placeholder {${name}}${allowed.length > 0 ? `; allowed: ${allowed.join(', ')}` : ''}`);
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(getter);
  }
  literal += text.slice(end);
  if (literal !== '') parts.push(literal);
  return parts;
}
