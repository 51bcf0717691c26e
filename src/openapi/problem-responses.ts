import { problems, type ProblemType } from '#libs/kernel';
import { askedOf, type RouteSettings } from '../config/index.js';
import type { ComponentsObject, ResponseObject, ResponsesObject } from './openapi-types.js';

/** Settings that decide which problems a caller may meet. */
export type Refusing = Pick<RouteSettings, 'authenticate' | 'authorize' | 'body' | 'errors' | 'guards' | 'limit'>;

type Shape = Exclude<RouteSettings['errors'], string>;

const SCHEMA = 'Problem';
const HAS_BODY: ReadonlySet<string> = new Set(['post', 'put', 'patch']);

/** RFC 9457. */
const PROBLEM = {
  type: 'object', required: ['type', 'title', 'status', 'code'], description: 'An error, as RFC 9457 tells it.',
  properties: {
    type: { type: 'string', description: 'What kind of problem it is.' },
    title: { type: 'string', description: 'The same in words.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong with this very request.' },
    code: { type: 'string', description: 'The kind, for programs.' },
    requestId: { type: 'string', description: 'By which logs know the request.' },
  },
};

/** Collects what the gateway itself answers when something is wrong; responses that are alike are written once. */
export class ProblemResponses {
  readonly #names = new Map<string, string>();
  readonly #responses: Record<string, ResponseObject> = {};
  #usesSchema = false;

  /** @param forwards whether a service is asked. */
  of(settings: Refusing, method: string, forwards: boolean): ResponsesObject {
    const byStatus = new Map<number, ProblemType[]>();
    for (const type of [...accessProblems(settings), ...bodyProblems(settings, method), ...(forwards ? SERVICE_PROBLEMS : [])]) {
      const { status = type.status } = shapeOf(settings.errors, type);
      byStatus.set(status, [...(byStatus.get(status) ?? []), type]);
    }
    return Object.fromEntries([...byStatus].sort(([a], [b]) => a - b).map(([status, types]) => [String(status), { $ref: `#/components/responses/${this.#put(types, settings)}` }]));
  }

  get components(): Pick<ComponentsObject, 'responses' | 'schemas'> {
    return {
      ...(Object.keys(this.#responses).length > 0 && { responses: this.#responses }),
      ...(this.#usesSchema && { schemas: { [SCHEMA]: PROBLEM } }),
    };
  }

  #put(types: readonly ProblemType[], { errors }: Refusing): string {
    const contents = [...new Set(types.map((type) => contentType(shapeOf(errors, type))))];
    const response: ResponseObject = {
      description: types.map(({ title }) => title).join('; '),
      content: Object.fromEntries(contents.map((type) => [type, type === STANDARD ? { schema: { $ref: `#/components/schemas/${SCHEMA}` } } : {}])),
    };
    this.#usesSchema ||= contents.includes(STANDARD);
    const key = JSON.stringify(response);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = freeName(types.map(({ code }) => code).join('.'), this.#responses);
    this.#names.set(key, name);
    this.#responses[name] = response;
    return name;
  }
}

const STANDARD = 'application/problem+json';
const SERVICE_PROBLEMS = [problems.targetUnreachable, problems.noTarget, problems.firstByteTimeout];

function accessProblems({ authenticate, authorize, guards, limit }: Refusing): readonly ProblemType[] {
  const asks = authenticate !== undefined && askedOf(authenticate) !== null;
  return [
    ...(asks ? [problems.unauthenticated] : []),
    ...((asks && authorize !== 'any') || guards.length > 0 ? [problems.forbidden] : []),
    ...(limit === 'off' ? [] : [problems.tooManyRequests]),
  ];
}

function bodyProblems({ body }: Refusing, method: string): readonly ProblemType[] {
  if (!HAS_BODY.has(method)) return [];
  return [...(Number.isFinite(body.limit) ? [problems.bodyTooLarge] : []), ...(body.types.length > 0 ? [problems.unsupportedMediaType] : [])];
}

/** An entry for a code wins over one for its status, and both over what holds for all. */
function shapeOf(errors: RouteSettings['errors'], { code, status }: ProblemType): Partial<Shape> {
  if (typeof errors === 'string') return {};
  const { only = {}, ...base } = errors;
  return { ...base, ...only[status], ...only[code] };
}

function contentType({ body, contentType: written }: Partial<Shape>): string {
  if (written !== undefined) return written.replace(/;.*$/, '').trim();
  if (body === undefined) return STANDARD;
  return typeof body === 'string' ? 'text/plain' : 'application/json';
}

function freeName(name: string, taken: Readonly<Record<string, unknown>>): string {
  let free = name;
  for (let n = 2; free in taken; n++) free = `${name}.${n}`;
  return free;
}
