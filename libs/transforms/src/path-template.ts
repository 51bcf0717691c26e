import { Problem, problems, type Exchange } from '#libs/kernel';
import { encode } from './query-text.js';
import { REQUEST_VARIABLES, requestVariable } from './request-template.js';
import { asText, compileText, type Resolve } from './template.js';

/** A new path from the present one. */
export type RewritePath = (path: string, exchange: Exchange) => string;

/**
 * Compiles the template of a whole path. `{name}` is a captured segment and `{rest}` what `**` matched, both with
 * their percent-encoding; request variables such as `{principal.id}` are encoded as one segment, and a request that
 * lacks one is refused, because `/users/` is not `/users/7`.
 * @throws TemplateError for a name outside `params` (when given) that is no request variable either.
 */
export function compilePathTemplate(template: string, params: readonly string[] | undefined): RewritePath {
  const allowed = [...(params ?? ['<name>', 'rest']), ...REQUEST_VARIABLES];
  const render = compileText(template, pathVariable(params), allowed);
  const endsOpen = template.endsWith('/');
  return (path, exchange) => {
    const rendered = render(exchange);
    // An empty `{rest}` leaves the slash in front of it, which the client did not send.
    return endsOpen || path.endsWith('/') || !rendered.endsWith('/') ? rendered : rendered.slice(0, -1);
  };
}

function pathVariable(params: readonly string[] | undefined): Resolve<Exchange> {
  return (name) => {
    const captured = name.startsWith('params.') ? name.slice('params.'.length) : name;
    if (!captured.includes('.')) {
      return params === undefined || params.includes(captured) ? (exchange) => exchange.params[captured] : undefined;
    }
    const variable = requestVariable(name);
    return variable && ((exchange) => oneSegment(name, asText(variable(exchange))));
  };
}

function oneSegment(name: string, text: string): string {
  if (text === '') throw new Problem(problems.unsafePath, `The path for the service needs ${name}, and this request has none`);
  return encode(text);
}
