import { z } from 'zod';
import { defineTransform, type Clock, type Exchange } from '#libs/kernel';
import { stringifyExact } from './exact-json.js';
import { askForReadable, editJsonAnswer } from './json-answer.js';
import { compileJsonEdits } from './json-edit.js';
import { describeBody } from './json-message.js';
import { compileFixedPath, compileJsonPath } from './json-path.js';
import { readJson } from './json-request.js';
import { compiles, maxSize } from './options.js';
import { REQUEST_VARIABLES, requestVariable } from './request-template.js';
import { compileJsonTemplate, type Getter } from './template.js';

const path = z.string().superRefine(compiles(compileJsonPath));
const fixedPath = z.string().superRefine(compiles(compileFixedPath));
const fixedPaths = z.union([fixedPath, z.array(fixedPath).min(1)]);
const template = z.unknown().superRefine(compiles(valueCompiler({ now: () => 0, elapsed: () => 0 })));

const schema = z.strictObject({
  on: z.enum(['request', 'response']).describe('Which body is edited.'),
  answers: z.enum(['success', 'errors', 'all']).default('success').describe('With `on: response`: only answers with a 2xx status, only those from 400 on, or all of them. Default: success.'),
  unwrap: fixedPath.optional().describe('Path of the value that becomes the whole body, e.g. `user` for `{ user: {...} }`. A body without it stays.'),
  pick: z.array(path).optional().describe('Paths to keep; all others go.'),
  remove: z.array(path).default([]).describe('Paths to drop; `*` is every item of a list, e.g. `users.*.password`. Danger: a body of another content type passes unedited; `body.types` refuses those.'),
  rename: z.record(path, z.string().min(1)).default({}).describe('Path to the new name of its last key, e.g. `{ users.*.full_name: fullName }`.'),
  claims: z.record(fixedPath, z.record(path, fixedPaths)).optional().describe('Path of a JSON Web Token to its claims, and the paths they are put at as `copy` does, e.g. `{ access_token: { sub: user.name } }`. Danger: nobody verifies it; only for tokens that the service itself has just made.'),
  copy: z.record(fixedPath, fixedPaths).optional().describe('Path of a value to the paths it is put at as well, e.g. `{ access_token: [accessToken, data.accessToken] }`, one after the other. What is there already stays.'),
  wrap: fixedPath.optional().describe('Path the whole body is put under, e.g. `data` makes `{ data: ... }`.'),
  set: z.record(path, template).default({}).describe('Path to value, after all other edits. Text may hold templates as in headers, and `{now}` (ISO 8601); text that is one placeholder keeps its type, and one without a value drops the key.'),
  max: maxSize().describe('Largest body that is looked into, packed or not. A larger request gets 413, a larger response passes unedited. Default: 1MiB.'),
});

/**
 * Edits JSON bodies: unwrap, pick, remove, rename, claims, copy, wrap, set, in this order. Only JSON content types are touched;
 * numbers keep every digit. Packed bodies leave unpacked.
 */
export const jsonBody = defineTransform({
  name: 'json-body',
  schema,
  create({ on, answers, max, ...edits }, { clock }) {
    const edit = compileJsonEdits(edits, valueCompiler(clock));
    if (on === 'request') {
      return {
        async request(exchange) {
          const json = await readJson(exchange, max);
          if (!json) return;
          const bytes = stringifyExact(edit(json.value, exchange));
          json.outgoing.body = bytes;
          describeBody(json.outgoing.headers, bytes.length);
        },
      };
    }
    const options = { name: 'json-body', max };
    return {
      request({ outgoing }) {
        // Errors are whole in any case; for their sake no download loses its ranges.
        if (outgoing && answers !== 'errors') askForReadable(outgoing.headers);
      },
      async response(exchange, answer) {
        if (isEdited[answers](answer.status)) await editJsonAnswer(exchange, answer, (value) => edit(value, exchange), options);
      },
    };
  },
});

const isEdited: Readonly<Record<z.output<typeof schema>['answers'], (status: number) => boolean>> = {
  success: (status) => status >= 200 && status < 300,
  errors: (status) => status >= 400,
  all: () => true,
};

function valueCompiler(clock: Clock): (template: unknown) => Getter<Exchange> {
  const resolve = (name: string): Getter<Exchange> | undefined =>
    name === 'now' ? () => new Date(clock.now()).toISOString() : requestVariable(name);
  return (template) => compileJsonTemplate(template, resolve, [...REQUEST_VARIABLES, 'now']);
}
