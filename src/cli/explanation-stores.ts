import type { ExplainedLimit, ExplainedSetting, RequestExplanation } from '../proxy/explanation.js';
import { alignedLines, shown } from './text.js';

/** One line for each limit of the route: what it says of this request, and why. */
export function limitLines({ limits }: RequestExplanation): string[] {
  return alignedLines(limits.map((limit) => [limit.name, [verdict(limit), ...particulars(limit)].join('; ')]));
}

function verdict({ cost, decision, key, rate, role, use, why }: ExplainedLimit): string {
  if (decision !== 'counts') return `${decision}: ${why}`;
  const whose = role === null ? '' : ` for the role ${role}`;
  return `takes ${cost} of ${rate}${whose} (${use}), counted by ${parts(key)}`;
}

function particulars({ decision, early, shadow, share, statuses }: ExplainedLimit): string[] {
  if (decision === 'exempt') return [];
  return [
    ...(share === null ? [] : [`together with all that share ${share}`]),
    ...(early ? ['before anybody is asked who they are'] : []),
    ...(statuses === null ? [] : [`given back unless the answer is ${statuses.join(', ')}`]),
    ...(shadow ? ['in shadow mode, so it refuses nobody'] : []),
  ];
}

/** What the cache of the route makes of it, and by which settings. */
export function cacheLines({ cache, settings }: RequestExplanation): string[] {
  if (cache === null) return [];
  if (cache.decision !== 'cached') return [`${cache.decision}: ${cache.why}`];
  const [collapse, lines] = [valueOf(settings, 'collapse'), alignedLines([
    ['known by', parts(cache.key)],
    ['lifetime', lifetime(settings)],
    ['stale', stale(settings)],
  ])];
  return [
    'answered from the cache where it has a fresh answer; what the service answers may be kept',
    ...lines,
    cache.collapses ? `Where an identical request is under way, it waits up to ${collapse} for that one’s answer.` : 'It waits for no identical request that is under way.',
    ...cache.notes,
  ];
}

function parts(key: RequestExplanation['limits'][number]['key']): string {
  return key.map(([by, value]) => `${by} ${value === '' ? '(absent)' : value}`).join(', ');
}

function lifetime(settings: readonly ExplainedSetting[]): string {
  const negative = settings.filter(({ path }) => path.startsWith('cache.negative.'));
  return [
    valueOf(settings, 'respect') === 'false' ? 'whatever the answer says of it' : 'as the answer says; where it says nothing',
    valueOf(settings, 'maxAge') === '' ? 'none' : `${valueOf(settings, 'maxAge')} for ${valueOf(settings, 'statuses')}`,
    ...negative.map(({ path, value }) => `${shown(value)} for ${path.slice('cache.negative.'.length)}`),
  ].join(', ');
}

function stale(settings: readonly ExplainedSetting[]): string {
  const [whileRevalidate, ifError] = [valueOf(settings, 'staleWhileRevalidate'), valueOf(settings, 'staleIfError')];
  return `${whileRevalidate} while a newer one is fetched, ${ifError} where the service fails; the answer itself may allow more`;
}

/** A setting of the cache with its unit; empty where there is none. */
function valueOf(settings: readonly ExplainedSetting[], name: string): string {
  const setting = settings.find(({ path }) => path === `cache.${name}`);
  return setting === undefined ? '' : shown(setting.value);
}
