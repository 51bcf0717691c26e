import type { GatewayConfig } from '../../config/index.js';
import { counted } from '../text.js';
import type { Both } from './both.js';
import type { Replay } from './replay.js';

/** Headers that the routes of either configuration look at, in lower case. */
export function headersAsked(both: Both<GatewayConfig>): string[] {
  const names = configsOf(both).flatMap(({ routes, versions }) => [
    ...Object.values(routes).flatMap(({ match }) => Object.keys(match.headers ?? {})),
    ...(versions?.header === undefined ? [] : [versions.header]),
    ...(versions?.mediaType === undefined ? [] : ['accept']),
  ]);
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** What the log could not tell, and how requests were judged for want of it. */
export function blindSpots({ seen, skipped }: Replay, both: Both<GatewayConfig>, host: string): string[] {
  const matches = configsOf(both).flatMap(({ routes }) => Object.values(routes).map(({ match }) => match));
  const headers = headersAsked(both).filter((name) => !seen.headers.has(name));
  const queries = matches.some(({ query }) => query !== undefined) && !seen.query;
  const hosts = matches.some((match) => match.hosts !== undefined) && seen.hostless > 0;
  return [
    'Roles, permissions, scopes, owners and credentials: what a route asks is compared, not who meets it.',
    'Bodies and other headers: limits, content types, guards, transforms and splits are not judged.',
    ...(headers.length === 0 ? [] : [`The ${headers.length === 1 ? 'header' : 'headers'} ${headers.join(', ')}, which routes look at: judged as not sent (log.headers would log it).`]),
    ...(queries ? ['Queries, which routes look at: judged as if there were none (log.query would log them).'] : []),
    ...(hosts ? [`The host of ${counted(seen.hostless, 'request')}: judged as ${host === '' ? 'none' : host} (--host names another, log.headers would log it).`] : []),
    ...(skipped.preflights === 0 ? [] : [`${counted(skipped.preflights, 'OPTIONS request')}: what a preflight asks about stands in its headers; not judged.`]),
  ];
}

function configsOf(both: Both<GatewayConfig>): readonly GatewayConfig[] {
  return [both.old, both.new];
}
