import { momentOf } from './moment.js';

it.each<[text: string, iso: string | undefined]>([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.5+01:00', '2026-01-31T11:00:00.500Z'],
  ['Sat, 31 Jan 2026 12:00:00 GMT', '2026-01-31T12:00:00.000Z'],
  ['@1769817600', '2026-01-31T00:00:00.000Z'],
  ['2026-02-30', undefined],
  ['2026-13-01', undefined],
  ['2026-01-31T12:00', undefined],
  ['31.01.2026', undefined],
  ['soon', undefined],
  ['@', undefined],
])('%s is %s', (text, iso) => {
  const moment = momentOf(text);
  expect(moment === undefined ? undefined : new Date(moment).toISOString()).toBe(iso);
});
