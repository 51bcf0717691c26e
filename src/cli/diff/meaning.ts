import type { GatewayConfig, ServiceConfig } from '../../config/index.js';
import { withoutPassword } from '../../config/redact.js';
import { targetKey } from '../../services/targets.js';
import type { Both } from './both.js';
import { anew, hot, type Difference, type Meaning } from './effect.js';
import { meaningForKept } from './kept.js';
import { meaningForStores } from './stores.js';

const RESTART: Meaning = { effect: 'restart', meaning: '' };
const STATE = anew('');
const HOT = hot('');

/** Settings that a state of their own is kept under, below their route or service. */
const STATEFUL: readonly string[] = ['breaker.', 'concurrency.', 'health.passive.', 'retry.budget.'];

/** What a change means for a gateway that runs with the old configuration. */
export function meaningOf({ kind, path }: Difference, both: Both<GatewayConfig>): Meaning {
  const [section, name = '', ...below] = path;
  if (section === 'server') return RESTART;
  if (section === 'services' && below.length === 0) {
    return hot(kind === 'added' ? 'its connections open with the first request' : 'its requests under way finish, then its connections close');
  }
  if ((section === 'services' || section === 'routes') && STATEFUL.some((setting) => `${below.join('.')}.`.startsWith(setting) && `${below.join('.')}.` !== setting)) return STATE;
  const stores = meaningForStores({ kind, path }, both);
  if (stores !== null) return stores;
  const kept = meaningForKept({ kind, path });
  if (kept !== null) return kept;
  if (section === 'services') return ofService(both.old.services[name], both.new.services[name], { name, key: below[0] ?? '' });
  if (section === 'authenticate') return hot('every credential is judged anew: one that was good may no longer be');
  if (section === 'defaults') return hot('for what matches no route; routes and endpoints that inherit it are told of themselves');
  return HOT;
}

interface Setting {
  readonly name: string;
  /** Of the service, e.g. `connections`. */
  readonly key: string;
}

function ofService(before: ServiceConfig | undefined, after: ServiceConfig | undefined, { key, name }: Setting): Meaning {
  if (!before || !after) return HOT;
  if (key === 'targets') return ofTargets(urlsOf(before), urlsOf(after));
  if (key === 'discover') return hot('another registry is asked; the targets it names replace those there are');
  // As a reload tells targets apart: with this setting alone changed, are they others?
  const changed = { ...before, [key]: after[key as keyof ServiceConfig] } as ServiceConfig;
  if (targetKey(name, '', before) === targetKey(name, '', changed)) return HOT;
  return { effect: 'connections', meaning: 'the connections to every target are replaced; requests under way finish on the old ones' };
}

function ofTargets(before: readonly string[], after: readonly string[]): Meaning {
  const joining = after.filter((url) => !before.includes(url));
  const leaving = before.filter((url) => !after.includes(url));
  if (joining.length === 0 && leaving.length === 0) return hot('the addresses stay, and so do their connections');
  const parts = [
    ...(joining.length === 0 ? [] : [`new connections to ${listed(joining)}`]),
    ...(leaving.length === 0 ? [] : [`those to ${listed(leaving)} close once its requests are answered`]),
  ];
  return { effect: 'connections', meaning: parts.join('; ') };
}

function listed(urls: readonly string[]): string {
  return urls.map(withoutPassword).join(', ');
}

function urlsOf({ targets }: ServiceConfig): readonly string[] {
  return targets.map(({ url }) => url);
}
