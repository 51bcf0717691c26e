import type { z } from 'zod';
import { systemClock } from '#libs/kernel';
import { exchangeOf, type Given } from '../test/exchange.js';
import { queryToBody } from './query-to-body.js';

function moved(options: z.input<typeof queryToBody.schema>, given: Given) {
  const exchange = exchangeOf(given);
  const surroundings = { clock: systemClock, random: () => 0, folder: '/', resolve: () => { throw new Error('not asked for'); } };
  void queryToBody.create(queryToBody.schema.parse(options), surroundings).request?.(exchange);
  const { method, query, body, headers } = exchange.outgoing;
  return { method, query, body: Buffer.isBuffer(body) ? body.toString() : body, headers: headers.flat };
}

it.each([
  ['?token=a%2Bb', {}, '', '{"token":"a+b"}'],
  ['?token=x&lang=%66r', { params: ['token'] }, '?lang=%66r', '{"token":"x"}'],
  ['?id=1&id=2&q=a+b', {}, '', '{"id":["1","2"],"q":"a b"}'],
  ['?a=1', { params: ['token'] }, '?a=1', '{}'],
  ['', {}, '', '{}'],
  ['?__proto__=x', {}, '', '{"__proto__":"x"}'],
])('%s with %j leaves %s and %s', (query, options, left, body) => {
  const result = moved(options, { url: `/verify${query}` });
  expect(result).toEqual({ method: 'POST', query: left, body, headers: ['content-length', String(body.length), 'content-type', 'application/json'] });
});

it('takes the method of the file', () => {
  expect(moved({ method: 'PUT' }, { url: '/x?a=1' }).method).toBe('PUT');
});

it('keeps a request that has a body', () => {
  const result = moved({}, { method: 'PUT', url: '/x?a=1', body: ['b'] });
  expect(result).toMatchObject({ method: 'PUT', query: '?a=1', headers: [] });
});
