import { wantedness } from './accept.js';

it.each<[accept: string | undefined, type: string, quality: number]>([
  [undefined, 'text/csv', 0],
  ['text/csv', 'text/csv', 1],
  ['TEXT/CSV; charset=utf-8', 'text/csv', 1],
  ['text/*;q=0.5', 'text/csv', 0.5],
  ['*/*;q=0.1, text/*;q=0.5, text/csv;q=0', 'text/csv', 0],
  ['*/*', 'text/csv', 1],
  ['text/html', 'text/csv', 0],
  ['text/csv;q=x', 'text/csv', 0],
])('%j wants %s: %d', (accept, type, quality) => {
  expect(wantedness(accept, type)).toBe(quality);
});
