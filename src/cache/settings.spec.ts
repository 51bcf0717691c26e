import { cacheSchema } from '../config/schema/cache.js';
import type { CacheConfig } from '../config/index.js';
import { compileCacheSettings } from './settings.js';

const settings = (value: unknown) => compileCacheSettings(cacheSchema.parse(value) as CacheConfig);

describe('compileCacheSettings', () => {
  it('allows nothing that the answer does not, unless the route says so', () => {
    expect(settings('on')).toEqual({
      maxAge: 0, statuses: new Set([200, 203, 300, 301, 308]), negative: new Map(), respect: true, heuristic: 0, heuristicMost: 86_400_000,
      staleWhileRevalidate: 0, staleIfError: 0, maxSize: 1_048_576, collapse: 10_000, shareCookies: false, byPrincipal: false, clientControl: true,
      dress: null, standBy: 0, cacheStatus: 'Passerelle', tagHeaders: ['cache-groups', 'cache-tag', 'surrogate-key'],
    });
  });

  it('passes on what the route says', () => {
    expect(settings({ maxAge: '30s', statuses: ['200-201'], negative: { 404: '10s' }, cookies: 'share', key: { principal: 'on' }, status: 'off', collapse: 'off', tagHeaders: 'X-Tag' })).toMatchObject({
      maxAge: 30_000, statuses: new Set([200, 201]), negative: new Map([[404, 10_000]]), shareCookies: true, byPrincipal: true, cacheStatus: null, collapse: 0, tagHeaders: ['x-tag'],
    });
  });

  it('of a route that keeps nothing still knows tags', () => {
    expect(compileCacheSettings(null)).toMatchObject({ maxSize: 0, cacheStatus: null, tagHeaders: settings('on').tagHeaders });
  });
});
