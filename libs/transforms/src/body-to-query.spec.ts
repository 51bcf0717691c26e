import type { z } from 'zod';
import { problems, systemClock, type Outgoing } from '#libs/kernel';
import { exchangeOf, type Given } from '../test/exchange.js';
import { bodyToQuery } from './body-to-query.js';

async function moved(options: z.input<typeof bodyToQuery.schema>, given: Given): Promise<Outgoing> {
  const exchange = exchangeOf({ method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '20' }, ...given });
  const surroundings = { clock: systemClock, random: () => 0, folder: '/', resolve: () => { throw new Error('not asked for'); } };
  await bodyToQuery.create(bodyToQuery.schema.parse(options), surroundings).request?.(exchange);
  return exchange.outgoing;
}

it.each([
  ['{"token":"a+b &é"}', {}, '', '?token=a%2Bb%20%26%C3%A9'],
  ['{"id":12345678901234567890,"f":1.0,"b":true,"n":null}', {}, '', '?id=12345678901234567890&f=1.0&b=true'],
  ['{"id":[1,2],"o":{"a":1.50}}', {}, '', '?id=1&id=2&o=%7B%22a%22%3A1.50%7D'],
  ['{"token":"x","other":1}', { fields: ['token'] }, '?keep=%7e', '?keep=%7e&token=x'],
  ['{"token":"x"}', {}, '?%74oken=forged&a=1', '?a=1&token=x'],
  ['{}', {}, '?a=1', '?a=1'],
])('%s with %j behind "%s" is %s', async (body, options, query, expected) => {
  const outgoing = await moved(options, { url: `/verify${query}`, body: [body] });
  expect(outgoing).toMatchObject({ method: 'GET', query: expected, body: null });
  expect(outgoing.headers.flat).toEqual([]);
});

it.each(['[1]', '"text"', '12345678901234567890'])('leaves %s where it is', async (body) => {
  const outgoing = await moved({}, { url: '/x?a=1', body: [body] });
  expect(outgoing).toMatchObject({ method: 'POST', query: '?a=1', body: Buffer.from(body) });
});

it('leaves other types where they are', async () => {
  expect((await moved({}, { headers: { 'content-type': 'text/plain' }, body: ['{"a":1}'] })).method).toBe('POST');
});

it('refuses a body that is not JSON, and one over the cap', async () => {
  await expect(moved({}, { body: ['{'] })).rejects.toMatchObject({ type: problems.invalidBody });
  await expect(moved({ max: '5b' }, { headers: { 'content-type': 'application/json' }, body: ['{"a":1}'] })).rejects.toMatchObject({ type: problems.bodyTooLarge });
});
