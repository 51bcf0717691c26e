import type { GatewayConfig, RouteSettings } from '../config/index.js';
import { endingsOf } from './endings.js';

const versions = (deprecate: Record<string, object>) => ({ names: ['v1', 'v2'], prefix: true, deprecate, deprecateBy: {} }) as NonNullable<GatewayConfig['versions']>;
const match = (version?: string[]) => ({ path: ['/a'], prefix: 'segment', trailingSlash: 'ignore', priority: 0, ...(version ? { version } : {}) }) as const;

it.each<[what: string, own: RouteSettings['deprecate'], version: string[] | undefined, all: GatewayConfig['versions'], text: string]>([
  ['nothing', undefined, undefined, undefined, ''],
  ['a route by itself', { since: '2025-01-31', sunset: { at: '2026-01-31', after: 'gone' } }, undefined, undefined, 'deprecated 2025-01-31, ends 2026-01-31 (410)'],
  ['one of its versions', undefined, undefined, versions({ v1: { since: true } }), 'v1 deprecated'],
  ['a version it does not serve', undefined, ['v2'], versions({ v1: { since: true } }), ''],
  ['its only version', undefined, ['v1'], versions({ v1: { sunset: '2026-01-31' } }), 'ends 2026-01-31'],
  ['two versions, each in its way', undefined, undefined, versions({ v1: { since: true }, v2: { warning: 'x' } }), 'v1 deprecated; v2 warns'],
  ['told off', 'off', undefined, versions({ v1: { since: true } }), ''],
])('%s: %j', (_what, own, version, all, text) => {
  expect(endingsOf(match(version) as never, { deprecate: own }, all)).toBe(text);
});
