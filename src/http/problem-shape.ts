import { compileJsonTemplate, compileText, headerValue, type Resolve } from '#libs/transforms';
import type { RouteSettings } from '../config/index.js';
import { FIELDS, type Occurrence } from './problem-fields.js';
import { problemJson } from './problem-json.js';

/** One entry of `errors:`. */
export type ShapeSetting = Omit<Exclude<RouteSettings['errors'], string>, 'only'>;

/** A compiled entry: how a problem looks to this platform's clients. */
export interface Shape {
  /** Status instead of the problem's. */
  readonly status: number | undefined;
  readonly contentType: string;
  /** Text instead of the detail; `null` for the detail itself. */
  readonly message: ((occurrence: Occurrence) => string) | null;
  readonly body: (occurrence: Occurrence) => string;
  /** Names and the text to set; empty text leaves the header out. */
  readonly headers: readonly (readonly [string, (occurrence: Occurrence) => string])[];
}

const NAMES = [...FIELDS.keys()];
const resolve: Resolve<Occurrence> = (name) => FIELDS.get(name);
/** A message cannot hold itself. */
const resolveInMessage: Resolve<Occurrence> = (name) => (name === 'message' ? undefined : FIELDS.get(name));

/**
 * Compiles one entry of `errors:`. Without a body of its own it is RFC 9457.
 * @throws TemplateError when a template cannot be understood.
 */
export function compileShape({ status, body, contentType = defaultType(body), message, headers = {} }: ShapeSetting): Shape {
  return {
    status,
    contentType,
    message: message === undefined ? null : compileText(message, resolveInMessage, NAMES.filter((name) => name !== 'message')),
    body: compileBody(body, contentType),
    headers: Object.entries(headers).map(([name, template]) => {
      const write = compileText(template, resolve, NAMES);
      return [name, (occurrence: Occurrence) => headerValue(write(occurrence))] as const;
    }),
  };
}

function defaultType(body: unknown): string {
  if (body === undefined) return 'application/problem+json';
  return typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
}

function compileBody(body: unknown, contentType: string): Shape['body'] {
  if (body === undefined) return problemJson;
  if (typeof body === 'string') return compileMarkup(body, contentType);
  const fill = compileJsonTemplate(body, resolve, NAMES);
  return (occurrence) => JSON.stringify(fill(occurrence)) ?? 'null';
}

/** Text of a given type; every value is escaped for it, so that a path cannot become markup. */
function compileMarkup(template: string, contentType: string): Shape['body'] {
  const escape = escapeFor(contentType);
  if (escape === null) return compileText(template, resolve, NAMES);
  const resolveEscaped: Resolve<Occurrence> = (name) => {
    const plain = FIELDS.has(name) ? compileText(`{${name}}`, resolve) : undefined;
    return plain && ((occurrence) => escape(plain(occurrence)));
  };
  return compileText(template, resolveEscaped, NAMES);
}

function escapeFor(contentType: string): ((text: string) => string) | null {
  if (/\bjson\b/i.test(contentType)) return (text) => JSON.stringify(text).slice(1, -1);
  if (/\b(?:html|xml)\b/i.test(contentType)) return (text) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return null;
}
