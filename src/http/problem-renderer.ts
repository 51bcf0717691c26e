import {
  Answer, AnswerBody, HeaderList, problemCatalogue, type Exchange, type Problem, type ProblemRenderer, type ProblemType,
} from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { tellableDetail, type Occurrence } from './problem-fields.js';
import { compileShape, type Shape } from './problem-shape.js';
import { compileProxyStatus } from './proxy-status.js';

type Setting = RouteSettings['errors'];

/**
 * Compiles `errors`. Shapes are compiled when the snapshot is loaded, one for each code or status the file names and
 * one for all the others; an entry for a code wins over one for its status, and both inherit from the base.
 * @param via our name in `Via`, which `Proxy-Status` repeats; `off` for the default one.
 * @throws Error when a template cannot be understood, or `only` names what is neither a problem nor a status.
 */
export function compileProblemRenderer(errors: Setting, { via }: { readonly via: string }): ProblemRenderer {
  const shapeOf = compileShapes(errors === 'problem+json' ? {} : errors);
  const proxyStatus = compileProxyStatus(via === 'off' ? 'passerelle' : via);
  return {
    render: (problem, exchange) => {
      const shape = shapeOf(problem.type);
      const occurrence = occur(problem, exchange, shape);
      const content = Buffer.from(shape.body(occurrence));
      const headers = new HeaderList(['Content-Type', shape.contentType, 'Content-Length', String(content.byteLength)]);
      // RFC 9110 15.1 lets caches keep a 404 or 405 unasked; a gateway's refusal may be over in a second.
      headers.append('Cache-Control', 'no-store');
      const { proxyStatus: error } = problem.type;
      if (error !== undefined) headers.append('Proxy-Status', proxyStatus(error, occurrence.detail));
      addHeaders(headers, shape, occurrence);
      return new Answer(occurrence.status, headers, AnswerBody.of(content));
    },
  };
}

function occur(problem: Problem, exchange: Exchange, shape: Shape): Occurrence {
  const detail = tellableDetail(problem, exchange);
  const occurrence = { problem, exchange, status: shape.status ?? problem.status, detail, message: detail };
  if (shape.message !== null) occurrence.message = shape.message(occurrence);
  return occurrence;
}

function addHeaders(headers: HeaderList, shape: Shape, occurrence: Occurrence): void {
  const own = occurrence.problem.extras.headers;
  for (const name in own) headers.set(name, own[name] as string);
  for (const [name, write] of shape.headers) {
    const value = write(occurrence);
    if (value !== '') headers.set(name, value);
  }
}

function compileShapes({ only = {}, ...base }: Exclude<Setting, string>): (type: ProblemType) => Shape {
  const catalogue = problemCatalogue();
  checkNames(Object.keys(only), catalogue);
  const general = compileShape(base);
  const special = new Map<string, Shape>();
  for (const { code, status } of catalogue) {
    const [byStatus, byCode] = [only[status], only[code]];
    if (byStatus || byCode) special.set(code, compileShape({ ...base, ...byStatus, ...byCode }));
  }
  return ({ code }) => special.get(code) ?? general;
}

function checkNames(names: readonly string[], catalogue: readonly ProblemType[]): void {
  for (const name of names) {
    if (/^[45]\d\d$/.test(name) || catalogue.some(({ code }) => code === name)) continue;
    throw new Error(`errors.only: "${name}" is neither the code of a problem (see docs/errors.md) nor a status from 400 to 599`);
  }
}
