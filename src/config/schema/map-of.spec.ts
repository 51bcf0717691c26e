import { z } from 'zod';
import { mapOf } from './values.js';

it.each<[value: unknown, expected: unknown]>([
  [{ v1: 'a' }, { v1: 'a' }],
  ['v1=a, v2=b', { v1: 'a', v2: 'b' }],
  ['v1=https://x.org/?a=b', { v1: 'https://x.org/?a=b' }],
  ['v1=use v2, please,v2=b', { v1: 'use v2, please', v2: 'b' }],
  ['{"v1":"a"}', { v1: 'a' }],
  ['', {}],
])('%j is %j', (value, expected) => {
  expect(mapOf(z.string()).parse(value)).toEqual(expected);
});

it.each(['v1', 'v1=a=b,v2', '{"v1"', '=a', 7])('%j is no map', (value) => {
  expect(mapOf(z.string().regex(/^[^,]*$/)).safeParse(value).success).toBe(false);
});
