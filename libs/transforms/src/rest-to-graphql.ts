import { z } from 'zod';
import { defineTransform, type Exchange } from '#libs/kernel';
import { convertAnswer } from './convert-answer.js';
import { parseExact, stringifyExact } from './exact-json.js';
import { graphqlResult } from './graphql-answer.js';
import { compileVariables } from './graphql-variables.js';
import { askForReadable } from './json-answer.js';
import { describeBody, isJson, isUtf8 } from './json-message.js';
import { compileFixedPath, compileJsonPath, valueAt } from './json-path.js';
import { readJson } from './json-request.js';
import { compiles, maxSize } from './options.js';
import { REQUEST_VARIABLES, requestVariable } from './request-template.js';
import { compileJsonTemplate, type Getter, type Resolve } from './template.js';

/** What variables are filled from. */
interface Scope {
  readonly exchange: Exchange;
  /** The JSON body of the request; `undefined` for none. */
  readonly body: unknown;
}

const template = z.unknown().superRefine(compiles(compileValue));

const schema = z.strictObject({
  query: z.string().min(1).describe('GraphQL document: a query or a mutation that declares its variables, e.g. `query($id: ID!) { user(id: $id) { id name } }`. Nothing of a request is ever put into it.'),
  variables: z.record(z.string().regex(/^[A-Za-z_]\w*$/, { error: 'expected the name of a variable, without `$`' }), template).default({}).describe('Variable to value: templates as in headers, and `{body}` or `{body.name}` of the request’s JSON. Text that is one placeholder keeps its type; what comes of a path or a query becomes the Int, Float or Boolean the document declares. One without a value is left out.'),
  operation: z.string().min(1).optional().describe('Operation of a document with several (`operationName`). Default: none is named.'),
  path: z.string().regex(/^\//, { error: 'expected a path that starts with "/"' }).default('/graphql').describe('Path of the GraphQL service. Default: /graphql.'),
  data: z.string().superRefine(compiles(compileFixedPath)).optional().describe('Path below `data` of what the client gets, e.g. `user`. Default: all of `data`.'),
  partial: z.boolean().default(false).describe('Whether the client gets data that came with errors. Default: false, errors are a problem.'),
  max: maxSize().describe('Largest body of a request, and of an answer that is looked into. A larger request gets 413, a larger answer passes as it is. Default: 1MiB.'),
});

/**
 * Makes a GraphQL POST of a REST request, and of its answer what a REST client expects. Errors become problems:
 * UNAUTHENTICATED 401, FORBIDDEN 403, NOT_FOUND 404, BAD_USER_INPUT 422, others 502 `graphql-failed`.
 */
export const restToGraphql = defineTransform({
  name: 'rest-to-graphql',
  schema,
  create({ data, max, operation, partial, path, query, variables }) {
    const declared = compileVariables(query);
    const getters = Object.entries(variables).map(([name, value]) => ({ name, get: compileValue(value), coerce: declared.get(name) }));
    const result = data === undefined ? [] : compileFixedPath(data);
    return {
      async request(exchange) {
        const { outgoing } = exchange;
        if (!outgoing) return;
        const scope: Scope = { exchange, body: (await readJson(exchange, max))?.value };
        const filled = getters.map(({ coerce, get, name }) => [name, coerce ? coerce(get(scope)) : get(scope)] as const).filter(([, value]) => value !== undefined);
        const bytes = stringifyExact({ query, variables: Object.fromEntries(filled), ...(operation === undefined ? {} : { operationName: operation }) });
        Object.assign(outgoing, { method: 'POST', path, query: '', body: bytes });
        askForReadable(outgoing.headers);
        describeBody(outgoing.headers, bytes.length);
        outgoing.headers.set('content-type', 'application/json');
        outgoing.headers.set('accept', 'application/graphql-response+json, application/json;q=0.9');
      },
      response: (exchange, answer) => convertAnswer(exchange, answer, {
        name: 'rest-to-graphql', max, takes: isJson, readable: isUtf8, type: 'application/json; charset=utf-8',
        convert: (bytes) => stringifyExact(graphqlResult(parseExact(bytes), result, partial)),
      }),
    };
  },
});

function compileValue(value: unknown): Getter<Scope> {
  return compileJsonTemplate(value, resolve, [...REQUEST_VARIABLES, 'body', 'body.<path>']);
}

const resolve: Resolve<Scope> = (name) => {
  if (name === 'body') return ({ body }) => body;
  if (name.startsWith('body.') && name.length > 5) {
    const path = compileJsonPath(name.slice(5));
    return ({ body }) => valueAt(body, path);
  }
  const get = requestVariable(name);
  return get && (({ exchange }) => get(exchange));
};
