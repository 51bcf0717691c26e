import { z } from 'zod';
import { defineTransform } from '#libs/kernel';
import { isContainer, scalarText, stringifyExact } from './exact-json.js';
import { describeBody } from './json-message.js';
import { readJson } from './json-request.js';
import { maxSize } from './options.js';
import { encode, parameterName, parametersOf, queryOf } from './query-text.js';

/**
 * Moves the fields of a JSON body into the query: `POST /verify` with `{"token":"x"}` leaves as `GET /verify?token=x`.
 * Lists become repeated parameters, objects JSON text; `null` is left out. A field replaces a parameter of its name.
 * The body goes; a body that is no JSON object stays, and the method with it.
 */
export const bodyToQuery = defineTransform({
  name: 'body-to-query',
  schema: z.strictObject({
    fields: z.array(z.string().min(1)).optional().describe('Fields to move; others are dropped with the body. Default: all of them. Danger: queries end up in the logs of services.'),
    method: z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' }).default('GET').describe('Method the service gets. Default: GET.'),
    max: maxSize().describe('Largest body; over it: 413. Default: 1MiB.'),
  }),
  create({ fields, method, max }) {
    const wanted = fields === undefined ? null : new Set(fields);
    return {
      async request(exchange) {
        const json = await readJson(exchange, max);
        if (!json || !isContainer(json.value) || Array.isArray(json.value)) return;
        const { outgoing } = json;
        const moved = Object.entries(json.value).filter(([name]) => wanted === null || wanted.has(name));
        const names = new Set(moved.map(([name]) => name));
        const kept = parametersOf(outgoing.query).filter((parameter) => !names.has(parameterName(parameter)));
        outgoing.method = method;
        outgoing.query = queryOf([...kept, ...moved.flatMap(([name, value]) => parametersFrom(name, value))]);
        outgoing.body = null;
        describeBody(outgoing.headers, null);
        outgoing.headers.remove('content-type');
      },
    };
  },
});

function parametersFrom(name: string, value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one) => one !== null).map((one) => `${encode(name)}=${encode(isContainer(one) ? stringifyExact(one).toString() : scalarText(one))}`);
}
