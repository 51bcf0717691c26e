import { Refusal } from './call.js';
import { Moved, router } from './router.js';

const list = (): string => 'list';
const item = (): string => 'item';
const exported = (): string => 'export';
const create = (): string => 'create';
const bare = (): string => 'bare';
const find = router({
  'GET /a/': list,
  'GET /a/:id': item,
  'POST /a/': create,
  'GET /a/export': exported,
  'GET /b': bare,
});

it.each([
  ['GET', '/a/', list, {}],
  ['GET', '/a/7', item, { id: '7' }],
  ['GET', '/a/export', exported, {}],
  ['HEAD', '/a/export', exported, {}],
  ['POST', '/a/', create, {}],
])('%s %s', (method, path, handler, params) => {
  expect(find(method, path)).toEqual({ handler, params });
});

it.each([
  ['/a', '/a/'],
  ['/b/', '/b'],
])('%s has moved to %s', (path, to) => {
  expect(find('GET', path)).toEqual(new Moved(to));
});

it('knows a wrong method from a wrong path', () => {
  expect(() => find('DELETE', '/a/')).toThrow(new Refusal(405, 'Method Not Allowed'));
  expect(() => find('GET', '/c')).toThrow(new Refusal(404, 'Not Found'));
});
