import type { Exchange, Route, Target } from '#libs/kernel';
import { REDACTED } from '../config/redact.js';
import { quote } from './json-text.js';
import type { Redaction } from './redaction.js';

/** Puts a text together once for each key, and remembers it with it. */
export function remembered<K extends object>(make: (key: K) => string): (key: K) => string {
  const known = new WeakMap<K, string>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const text = make(key);
    known.set(key, text);
    return text;
  };
}

/** The service an exchange is about: whoever was asked, or would have been. */
export function serviceOf({ route, service }: Exchange): Route['service'] {
  return service ?? route?.service ?? null;
}

/** Host and port; a user and a password in an address are nobody's business. */
export function hostOf({ url }: Target): string {
  return url.host;
}

/** The limit that refused, or would have in earnest; `null` where all gave. */
export function limitOf(limits: Exchange['limits']): string | null {
  const used = limits.find(({ allowed, binding }) => !allowed && binding) ?? limits.find(({ allowed }) => !allowed);
  return used === undefined ? null : used.name;
}

/** The path as a line shows it. One that was not safe to normalise still has its query. */
export function pathOf({ params, path, query }: Exchange, withQuery: boolean, redaction: Redaction): string {
  const start = path.indexOf('?');
  const shown = redaction.path(start < 0 ? path : path.slice(0, start), params);
  return withQuery ? shown + redaction.query(start < 0 ? query : path.slice(start)) : shown;
}

/** The User-Agent without tokens; `undefined` where there is none. */
export function agentOf({ headers }: Exchange, redaction: Redaction): string | undefined {
  const agent = headers['user-agent'];
  return agent?.includes('eyJ') ? redaction.value(agent) : agent;
}

/** Compiles the object of the headers that are to be logged; empty where an exchange has none of them. */
export function compileHeaders(names: readonly string[], redaction: Redaction): (exchange: Exchange) => string {
  if (names.length === 0) return () => '';
  const fields = names.map((name) => ({ name: name.toLowerCase(), key: quote(name.toLowerCase()), hidden: redaction.hides(name) }));
  return ({ headers }) => {
    let text = '';
    for (const { name, key, hidden } of fields) {
      const value = headers[name];
      if (value === undefined) continue;
      text += `${text === '' ? '' : ','}${key}:${quote(hidden ? REDACTED : redaction.value(String(value)))}`;
    }
    return text === '' ? '' : `{${text}}`;
  };
}

/** What stands behind the point for each number of microseconds: `.5` for 500. */
const MICROSECONDS = Array.from({ length: 1_000 }, (_, count) => (count / 1_000).toFixed(3).slice(1).replace(/\.?0+$/, ''));

/** A time as JSON; microseconds are as fine as it gets. V8 takes far longer for the text of a fraction than for that of two integers. */
export function milliseconds(value: number): string {
  const all = Math.round(Math.max(value, 0) * 1_000);
  const whole = Math.floor(all / 1_000);
  return whole + (MICROSECONDS[all - whole * 1_000] as string);
}
