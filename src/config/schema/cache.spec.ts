import { cacheSchema, cacheTiersSchema } from './cache.js';

const DAY = 86_400_000;

describe('cache: of a route', () => {
  it('is off, on with what answers say, or settings', () => {
    expect(cacheSchema.parse('off')).toBe('off');
    expect(cacheSchema.parse('on')).toEqual(cacheSchema.parse({}));
    expect(cacheSchema.parse({})).toEqual({
      statuses: [200, 203, 300, 301, 308], negative: {}, respect: true, heuristic: 0, staleWhileRevalidate: 0, staleIfError: 0,
      maxSize: 1_048_576, collapse: 10_000, cookies: 'refuse', key: { query: 'all', headers: [], principal: false, host: true },
      methods: ['GET', 'HEAD'], clientControl: true, tags: [], tagHeaders: ['Cache-Groups', 'Cache-Tag', 'Surrogate-Key'], status: true,
    });
  });

  it('takes what the platforms say', () => {
    expect(cacheSchema.parse({ methods: ['GET'], maxAge: '30s', staleIfError: '5m' })).toMatchObject({ methods: ['GET'], maxAge: 30_000, staleIfError: 300_000 });
    expect(cacheSchema.parse({ negative: { 404: '10s' }, heuristic: '10%', staleWhileRevalidate: '1d', collapse: 'off', key: { query: 'page,size' }, respect: 'off' }))
      .toMatchObject({ negative: { 404: 10_000 }, heuristic: 0.1, staleWhileRevalidate: DAY, collapse: 0, key: { query: ['page', 'size'] }, respect: false });
  });

  it.each<[string, object]>([
    ['a method that is never kept', { methods: ['GET', 'POST'] }],
    ['HEAD alone', { methods: ['HEAD'] }],
    ['no lifetime at all', { respect: 'off' }],
    ['a status that is none', { negative: { 600: '1s' } }],
    ['a number without its unit', { maxAge: 30 }],
    ['an unknown key', { ttl: '30s' }],
  ])('refuses %s', (_what, value) => expect(cacheSchema.safeParse(value).success).toBe(false));
});

it('cache: of the file says where', () => {
  expect(cacheTiersSchema.parse({})).toEqual({ memory: 67_108_864, redis: true });
  expect(cacheTiersSchema.parse({ memory: '1GiB', maxEntries: 10, redis: 'off' })).toEqual({ memory: 1_073_741_824, maxEntries: 10, redis: false });
});

it('cache: of the file wants memory for one answer at least', () => {
  expect(cacheTiersSchema.safeParse({ memory: '0b' }).error?.issues).toMatchObject([{ path: ['memory'], message: expect.stringMatching(/^expected at least 1KiB/) }]);
});
