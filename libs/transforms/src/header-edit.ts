import type { Exchange, HeaderList } from '#libs/kernel';
import { headerValue } from './header-value.js';
import { compileTemplate } from './request-template.js';
import { literalOf, TemplateError } from './template.js';

/** What `headers.request` and `headers.response` have in common. */
export interface HeaderEdit {
  readonly mode: 'all' | 'list';
  readonly allow: readonly string[];
  readonly drop: readonly string[];
  /** Name to template. */
  readonly set: Readonly<Record<string, string>>;
}

/** Sets fields from what an exchange knows. */
export type SetHeaders = (exchange: Exchange, headers: HeaderList) => void;

/** Framing belongs to the connection: a template here could smuggle a second message (RFC 9112 11.2). */
const FRAMING: ReadonlySet<string> = new Set([
  'connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]);

/**
 * Compiles one field. A value that comes out empty, or that no header may hold, leaves the field out.
 * @param before what happens then to a field of that name that is there: `leave` where none can be, which costs nothing.
 */
export function compileField(name: string, render: (exchange: Exchange) => string, before: 'remove' | 'leave' = 'remove'): SetHeaders {
  if (FRAMING.has(name.toLowerCase())) throw new TemplateError(`The header ${name} frames the message and cannot be set`);
  return (exchange, headers) => {
    const value = headerValue(render(exchange));
    if (value !== '') headers.set(name, value);
    else if (before === 'remove') headers.remove(name);
  };
}

/**
 * Compiles `set`.
 * @throws TemplateError for an unknown placeholder, a framing header or a fixed value that no header may hold.
 */
export function compileSetHeaders(set: Readonly<Record<string, string>>): SetHeaders[] {
  return Object.entries(set).map(([name, template]) => {
    const literal = literalOf(template);
    if (literal !== null && literal.trim() !== '' && headerValue(literal) === '') {
      throw new TemplateError(`The value of the header ${name} holds a control character`);
    }
    return compileField(name, compileTemplate(template));
  });
}

/** Lower-case copy of a list of names. */
export function lowerCase(names: Iterable<string>): Set<string> {
  return new Set(Array.from(names, (name) => name.toLowerCase()));
}
