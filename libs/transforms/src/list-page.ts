import { z } from 'zod';
import { defineTransform, type Exchange, type HeaderList } from '#libs/kernel';
import { convertAnswer } from './convert-answer.js';
import { isContainer, parseExact, stringifyExact } from './exact-json.js';
import { askForReadable } from './json-answer.js';
import { isJson, isUtf8 } from './json-message.js';
import { compileFixedPath, putKey, valueAt } from './json-path.js';
import { compiles, maxSize } from './options.js';
import { queryValue } from './query-text.js';

const key = (name: string, what: string) => z.string().min(1).nullable().default(name).describe(`${what} \`null\` leaves it out. Default: ${name}.`);

const schema = z.strictObject({
  list: z.string().superRefine(compiles(compileFixedPath)).optional().describe('Path of the list in the answer, e.g. `items`. Default: the answer itself.'),
  items: z.string().min(1).default('data').describe('Key of the list in what comes out. Default: data.'),
  total: key('total', 'Key of how many there are in all.'),
  page: key('page', 'Key of the page, from 1.'),
  size: key('per_page', 'Key of how many there are on a page.'),
  pages: key('total_pages', 'Key of how many pages there are.'),
  params: z.strictObject({
    page: z.string().min(1).default('page').describe('Parameter of the query that names the page. Default: page.'),
    size: z.string().min(1).default('per_page').describe('Parameter that says how many. Default: per_page.'),
  }).prefault({}).describe('What clients ask with.'),
  others: z.enum(['keep', 'wrap']).default('keep').describe('Answers that are no list: `keep` them, or `wrap` them, so that they too stand under the key of the list; one that has this key already stays. Default: keep.'),
  count: z.string().min(1).optional().describe('Header of the service’s answer, such as `X-Total-Count`, that says how many there are in all. Default: as many as the list has.'),
  slice: z.boolean().default(true).describe('Whether the list is cut to the page that is asked for; off for a service that does it itself, which needs `count`. Default: true.'),
  perPage: z.int().min(1).default(20).describe('Items of a page where the client does not say. Default: 20.'),
  most: z.int().min(1).default(100).describe('Items of a page that a client may ask for. Default: 100.'),
  max: maxSize().describe('Largest answer that is looked into; a larger one passes as it is. Default: 1MiB.'),
});

type Options = z.output<typeof schema>;

/** Makes of a list what clients turn pages of: `{ data, total, page, per_page, total_pages }`. Other answers stay. */
export const listPage = defineTransform({
  name: 'list-page',
  schema,
  create(options) {
    const at = options.list === undefined ? [] : compileFixedPath(options.list);
    return {
      request({ outgoing }) {
        if (outgoing) askForReadable(outgoing.headers);
      },
      async response(exchange, answer) {
        if (answer.status < 200 || answer.status > 299) return;
        await convertAnswer(exchange, answer, {
          name: 'list-page', max: options.max, takes: isJson, readable: isUtf8,
          convert: (bytes, headers) => {
            const body = parseExact(bytes);
            const list = valueAt(body, at);
            if (Array.isArray(list)) return stringifyExact(pageOf(list, exchange, headers, options));
            return options.others === 'wrap' && !hasKey(body, options.items) ? stringifyExact({ [options.items]: body }) : null;
          },
        });
      },
    };
  },
});

function hasKey(body: unknown, key: string): boolean {
  return isContainer(body) && Object.hasOwn(body, key);
}

function pageOf(list: readonly unknown[], { query }: Exchange, headers: HeaderList, options: Options): Record<string, unknown> {
  const asked = (name: string, otherwise: number): number => Math.max(1, wholeNumber(queryValue(query, name)) ?? otherwise);
  const page = asked(options.params.page, 1);
  const size = Math.min(asked(options.params.size, options.perPage), options.most);
  const total = (options.count === undefined ? undefined : wholeNumber(headers.get(options.count))) ?? list.length;
  const result: Record<string, unknown> = {};
  const put = (name: string | null, value: unknown): void => {
    if (name !== null) putKey(result, name, value);
  };
  put(options.items, options.slice ? list.slice((page - 1) * size, page * size) : list);
  put(options.total, total);
  put(options.page, page);
  put(options.size, size);
  put(options.pages, Math.ceil(total / size));
  return result;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
