import type { ExplainedSetting, RequestExplanation } from '../proxy/explanation.js';
import type { RouteSettings } from '../config/index.js';
import { cacheLines, limitLines } from './explanation-stores.js';
import type { Paint } from './io.js';
import { aligned, alignedLines, placed, shown } from './text.js';
import { demanded, recognised } from './who-may.js';

interface TextOptions {
  /** Settings that have their defaults are listed too. */
  readonly all: boolean;
  readonly paint: Paint;
}

/** An explanation for people: the outcome first, then why, then everything else. */
export function explanationText(explanation: RequestExplanation, { all, paint }: TextOptions): string {
  const { request: { host, method, path, query } } = explanation;
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['', facts(explanation, paint)],
    [`What ${explanation.forwarded?.service} gets`, forwarded(explanation.forwarded)],
    ...explanation.calls.map((call) => [`What ${call.service} gets`, forwarded(call)] as const),
    [explanation.outcome === 'forwarded' ? 'What the gateway adds to the answer' : 'What the client gets', answered(explanation)],
    ['Limits', limitLines(explanation)],
    ['Cache', cacheLines(explanation)],
    ['In force', inForce(explanation)],
    [all ? 'Settings' : 'Settings that were written (--all shows the defaults too)', settings(explanation, all)],
    ['Routes, in the order of precedence', candidates(explanation, paint)],
  ];
  const title = `${paint('bold', `${method} ${path}${query}`)}${host === 'localhost' ? '' : ` on ${host}`}`;
  return [
    title, headline(explanation, paint),
    ...sections.filter(([, lines]) => lines.length > 0).flatMap(([name, lines]) => ['', ...(name === '' ? [] : [paint('bold', name)]), ...lines.map((line) => `  ${line}`)]),
  ].join('\n');
}

function headline({ answer, calls, forwarded: sent, outcome, refusal, route }: RequestExplanation, paint: Paint): string {
  switch (outcome) {
    case 'forwarded': return sent === null
      ? `${paint('green', '→')} put together from what ${[...new Set(calls.map(({ service }) => service))].join(' and ')} answer`
      : `${paint('green', '→')} forwarded to ${sent.service}${sent.variant === null ? '' : ` (variant ${sent.variant})`}: ${sent.method} ${new URL(sent.target).origin}${sent.path}`;
    case 'endpoint': return `${paint('green', '→')} answered by the built-in endpoint ${route?.endpoint}`;
    case 'preflight': return `${paint('green', '→')} ${answer?.status}, the answer to a CORS preflight`;
    case 'answered': return `${paint('green', '→')} ${answer?.status}, answered by the gateway itself`;
    case 'refused': return `${paint('red', '✗')} ${answer?.status ?? refusal?.status} ${refusal?.code}: ${refusal?.detail}`;
  }
}

function facts({ access, allow, candidates: all, nearest, refusal, route }: RequestExplanation, paint: Paint): string[] {
  const params = Object.entries(route?.params ?? {}).map(([name, value]) => `${name} = ${value}`);
  const lines: [string, string][] = [];
  if (route) lines.push(['Route', `${paint('bold', route.name)} (${placed(route)})${route.description === null ? '' : `: ${route.description}`}`]);
  if (route) lines.push(['Pattern', [route.pattern, ...params].join('   ')]);
  if (route?.version) lines.push(['Version', route.version]);
  if (route) lines.push(['Policies', route.policies.length > 0 ? route.policies.join(' < ') : 'none']);
  if (!route && all.length > 0) lines.push(['Route', 'none matches']);
  if (nearest !== null) lines.push(['Nearest', nearest]);
  if (allow.length > 0) lines.push(['Allowed', allow.join(', ')]);
  if (route) lines.push(['Access', accessLine(access)]);
  if (access.decision === 'admitted' || access.decision === 'refused') lines.push(['Caller', callerLine(access)]);
  if (refusal && REFUSERS[refusal.by] !== '') lines.push(['Refused by', REFUSERS[refusal.by]]);
  // Of the codes that send people here, what is said below is the advice.
  if (refusal && !OWN_ADVICE.has(refusal.code)) lines.push(['Advice', refusal.help]);
  return alignedLines(lines);
}

const REFUSERS = { routing: '', address: 'a guard before access (sunsets, addresses, plugins)', access: '', guard: 'a guard after access (body.types, limits, plugins)', interceptor: 'what wraps the forwarding (limits, transforms, plugins)' } as const;
const OWN_ADVICE: ReadonlySet<string> = new Set(['route-not-found', 'method-not-allowed']);

function accessLine({ authenticate, authorize, decision }: RequestExplanation['access']): string {
  if (authenticate === 'none') return 'public: nobody is asked who they are';
  const optional = !Array.isArray(authenticate) && authenticate.optional;
  return `${decision}: open to ${demanded(authorize as RouteSettings['authorize'], optional)}, signed in by ${recognised(authenticate)}`;
}

function callerLine({ principal }: RequestExplanation['access']): string {
  if (!principal) return 'nobody is signed in (--as role=... or -H "Authorization: ..." would)';
  const { authenticator, id, permissions, roles, scopes } = principal;
  const held = [roles, permissions, scopes].filter((list) => list.length > 0).map((list) => list.join(', '));
  return [id, ...(held.length === 0 ? [] : [`(${held.join('; ')})`]), `by ${authenticator}`].join(' ');
}

function forwarded(sent: RequestExplanation['forwarded']): string[] {
  if (!sent) return [];
  const others = sent.targets.filter((url) => url !== sent.target);
  return [
    `${sent.method} ${sent.path}`,
    ...sent.headers.map(([name, value]) => `${name}: ${value}`),
    ...(sent.body === null ? [] : ['', sent.body]),
    ...(others.length === 0 ? [] : ['', `It may go to ${others.join(' or ')} as well.`]),
  ];
}

function answered({ answer }: RequestExplanation): string[] {
  if (!answer) return [];
  const head = answer.headers.map(([name, value]) => `${name}: ${value}`);
  return answer.body === '' ? head : [...head, '', answer.body];
}

/** What decides how long and how much, whether written or not. */
function inForce({ route, settings: all }: RequestExplanation): string[] {
  if (!route) return [];
  const below = (name: string): ExplainedSetting[] => all.filter(({ path }) => path.startsWith(`${name}.`));
  const value = (path: string): string => shown(all.find((each) => each.path === path)?.value ?? 'off');
  const timeouts = below('timeout').map((each) => `${each.path.slice('timeout.'.length)} ${shown(each.value)}`);
  const cors = below('cors').length === 0 ? 'off' : `${value('cors.origins')}${value('cors.credentials') === 'true' ? ', with credentials' : ''}`;
  return alignedLines([
    ['timeout', timeouts.join(', ')],
    ['body', `limit ${value('body.limit')}, types ${value('body.types') === '[]' ? 'all' : value('body.types')}`],
    ['cors', cors],
    ['errors', below('errors').length > 0 ? 'a shape of the platform’s own' : value('errors')],
  ]);
}

/** What makes it a route comes before what it does. */
const FIRST = /^(?:description|match|at|serve|to)\b/;

function settings({ settings: all }: RequestExplanation, everything: boolean): string[] {
  const written = all.filter(({ layer }) => everything || layer !== 'default');
  const sorted = [...written.filter(({ path }) => FIRST.test(path)), ...written.filter(({ path }) => !FIRST.test(path))];
  return alignedLines(sorted.map((each) => [each.path, shortened(shown(each.value)), origin(each)]));
}

function origin(setting: ExplainedSetting): string {
  return setting.layer === 'default' ? 'default' : `${placed(setting)} (${setting.layer})`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function candidates({ candidates: all }: RequestExplanation, paint: Paint): string[] {
  const cells = aligned(all.map(({ name, pattern, reason }) => [name, pattern, reason ?? 'wins']));
  return cells.map((row, index) => (all[index]?.outcome === 'won' ? `${paint('green', '✓')} ${row.join('  ')}` : `${paint('dim', `✗ ${row.join('  ')}`)}`));
}
