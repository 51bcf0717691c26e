import { deprecationOf, type GatewayConfig, type MatchConfig, type RouteSettings } from '../config/index.js';

/** What goes away of a route, in words: `v1 deprecated 2025-01-31, ends 2026-01-31 (410)`; empty where nothing does. */
export function endingsOf(match: MatchConfig, { deprecate }: Pick<RouteSettings, 'deprecate'>, versions: GatewayConfig['versions']): string {
  const served: readonly (string | null)[] = versions === undefined ? [null] : (match.version ?? versions.names);
  const told = served.map((version) => [version, endingOf(deprecationOf(deprecate, versions, { version, named: true }))] as const).filter(([, text]) => text !== '');
  const [first] = told;
  // Of a route that ends in all its versions alike, they need not be listed.
  if (first && told.length === served.length && told.every(([, text]) => text === first[1])) return first[1];
  return told.map(([version, text]) => `${version} ${text}`).join('; ');
}

function endingOf(deprecation: ReturnType<typeof deprecationOf>): string {
  if (deprecation === null) return '';
  const { since, sunset, warnings } = deprecation;
  const end = typeof sunset === 'string' ? { at: sunset, after: 'serve' } : sunset;
  const parts = [
    ...(since === undefined ? [] : [since === true || since === 'true' ? 'deprecated' : `deprecated ${since}`]),
    ...(end === undefined ? [] : [`ends ${end.at}${end.after === 'gone' ? ' (410)' : ''}`]),
  ];
  return parts.join(', ') || (warnings.length > 0 ? 'warns' : 'deprecated');
}
