import { compileMediaTypes } from './media-type.js';

it.each([
  ['text/*', 'text/html; charset=utf-8', true],
  ['text/*', 'TEXT/HTML', true],
  ['text/*', 'application/text/html', false],
  ['application/*+json', 'application/problem+json', true],
  ['application/*+json', 'application/json', false],
  ['application/json', 'application/json5', false],
  ['application/json', 'application/json ;q=1', true],
  ['application/a.b', 'application/axb', false],
  ['*', 'image/png', true],
  ['*', undefined, false],
  ['text/*', `text/plain; x=${'y'.repeat(600)}`, false],
])('%s for %s is %s', (pattern, contentType, expected) => {
  const matches = compileMediaTypes([pattern]);
  expect(matches(contentType)).toBe(expected);
  expect(matches(contentType)).toBe(expected);
});
