import { z } from 'zod';
import { defineTransform } from '#libs/kernel';
import { putKey } from './json-path.js';
import { describeBody } from './json-message.js';
import { parameterName, parametersOf, parameterValue, queryOf } from './query-text.js';
import { stringifyExact } from './exact-json.js';

/**
 * Moves query parameters into a new JSON body: `GET /verify?token=x` leaves as `POST /verify` with `{"token":"x"}`.
 * Values are texts, repeated parameters lists. A request that already has a body keeps both as they are.
 */
export const queryToBody = defineTransform({
  name: 'query-to-body',
  schema: z.strictObject({
    params: z.array(z.string().min(1)).optional().describe('Parameters to move. Default: all of them.'),
    method: z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as POST' }).default('POST').describe('Method the service gets. Default: POST.'),
  }),
  create({ params, method }) {
    const wanted = params === undefined ? null : new Set(params);
    return {
      request({ outgoing }) {
        if (!outgoing || outgoing.body !== null) return;
        const moved = new Map<string, string[]>();
        const kept = parametersOf(outgoing.query).filter((parameter) => {
          const name = parameterName(parameter);
          if (parameter === '' || (wanted !== null && !wanted.has(name))) return true;
          moved.set(name, [...(moved.get(name) ?? []), parameterValue(parameter)]);
          return false;
        });
        const fields: Record<string, unknown> = {};
        for (const [name, values] of moved) putKey(fields, name, values.length === 1 ? values[0] : values);
        const bytes = stringifyExact(fields);
        outgoing.method = method;
        outgoing.query = queryOf(kept);
        outgoing.body = bytes;
        describeBody(outgoing.headers, bytes.length);
        outgoing.headers.set('content-type', 'application/json');
      },
    };
  },
});
