import { Answer, AnswerBody, HeaderList } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import { answered, transformOf } from './transformed.fixture.js';
import { listPage } from './list-page.js';

const json = 'application/json';

it.each<[what: string, options: Record<string, unknown>, url: string, body: string, expected: unknown]>([
  ['the first page', { perPage: 2 }, '/', '[1,2,3]', { data: [1, 2], total: 3, page: 1, per_page: 2, total_pages: 2 }],
  ['the page that is asked for', {}, '/?page=2&per_page=2', '[1,2,3]', { data: [3], total: 3, page: 2, per_page: 2, total_pages: 2 }],
  ['a page that is none', {}, '/?page=9&per_page=2', '[1,2,3]', { data: [], total: 3, page: 9, per_page: 2, total_pages: 2 }],
  ['nonsense as if nothing was asked', { perPage: 5 }, '/?page=x&per_page=-1', '[1]', { data: [1], total: 1, page: 1, per_page: 5, total_pages: 1 }],
  ['no more than the file allows', { most: 2 }, '/?per_page=1000', '[1,2,3]', { data: [1, 2], total: 3, page: 1, per_page: 2, total_pages: 2 }],
  ['an empty list', {}, '/', '[]', { data: [], total: 0, page: 1, per_page: 20, total_pages: 0 }],
  ['a list within the answer, under other names', { list: 'users', items: 'rows', total: 'count', page: null, size: null, pages: null }, '/', '{"users":[1],"x":2}', { rows: [1], count: 1 }],
  ['other parameters', { params: { page: 'p', size: 'n' } }, '/?p=2&n=1', '[1,2]', { data: [2], total: 2, page: 2, per_page: 1, total_pages: 2 }],
])('makes %s', async (_what, options, url, body, expected) => {
  const { text } = await answered(transformOf(listPage, options), body, json, { exchange: exchangeOf({ url }) });
  expect(JSON.parse(text)).toEqual(expected);
});

it('goes by the header of a service that turns pages itself', async () => {
  const own = transformOf(listPage, { slice: false, count: 'X-Total-Count' });
  const answer = new Answer(200, new HeaderList(['content-type', json, 'x-total-count', '41']), AnswerBody.of('[1,2]'));
  await own.response?.(exchangeOf({ url: '/?page=3&per_page=2' }), answer);
  expect(JSON.parse(String(answer.body?.takeWhole()))).toEqual({ data: [1, 2], total: 41, page: 3, per_page: 2, total_pages: 21 });
});

it.each([['{"detail":"no list"}', 200], ['[1]', 404]])('leaves %s with status %i as it is', async (body, status) => {
  const { headers, text } = await answered(transformOf(listPage, {}), body, json, { status });
  expect([text, headers.get('etag')]).toEqual([body, '"x"']);
});

it.each([['{"id":1.0}', '{"data":{"id":1.0}}'], ['null', '{"data":null}'], ['{"data":[1],"total":9}', '{"data":[1],"total":9}'], ['[1]', '{"data":[1],"total":1,"page":1,"per_page":20,"total_pages":1}']])('puts what is no list under its key too, where the file says so: %s', async (body, expected) => {
  expect((await answered(transformOf(listPage, { others: 'wrap' }), body, json)).text).toBe(expected);
});
