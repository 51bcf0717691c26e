import type { AuditNotice } from '#libs/kernel';
import { timeId } from '../auth/time-id.js';
import { REDACTED } from '../config/redact.js';
import { withoutTokens } from '../telemetry/scrub.js';
import { scrub } from '../telemetry/scrub.js';

/** What is recorded of one thing that happened. */
export interface Entry extends AuditNotice {
  /** UUIDv7: whatever happens on its way, it is in the trail once. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

type Value = AuditNotice['details'][string];

/** Characters; longer texts are cut. */
const ACTION = 64;
const NAME = 256;
const TEXT = 512;
const ITEMS = 50;
const NAMES = 40;
/** Characters that all details may have together. */
const DETAILS = 8_192;

/** No publisher has these in its details; should one some day, they end here. */
const SECRET = /password|passphrase|secret|credential|authorization|cookie/i;

/**
 * Gives a notice its id and its time, and brings it to a size and a form that every store takes. The notice has no secret
 * in it; what looks like one is cut out nevertheless.
 * @param now milliseconds since the epoch.
 */
export function entryOf({ action, actor, client, details, outcome, requestId, subject }: AuditNotice, now: number): Entry {
  return {
    id: timeId(now), at: now, action: plain(action, ACTION), outcome,
    actor: named(actor), subject: named(subject), client: named(client), requestId: named(requestId), details: detailsOf(details),
  };
}

function named(text: string | null): string | null {
  return text === null ? null : withoutTokens(plain(text, NAME));
}

/** PostgreSQL takes neither NUL nor half a character. */
function plain(text: string, most: number): string {
  return text.slice(0, most).replaceAll('\0', '\u{FFFD}').toWellFormed();
}

/** In the order of their names: the same details are the same text. */
function detailsOf(details: AuditNotice['details']): AuditNotice['details'] {
  const names = Object.keys(details).toSorted().slice(0, NAMES);
  const clean = Object.fromEntries(names.map((name) => [plain(name, ACTION), SECRET.test(name) ? REDACTED : valueOf(details[name] ?? null)]));
  return JSON.stringify(clean).length > DETAILS ? { cut: true } : clean;
}

function valueOf(value: Value): Value {
  if (typeof value === 'string') return scrub(plain(value, TEXT));
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return Array.isArray(value) ? (value as readonly string[]).slice(0, ITEMS).map((item) => scrub(plain(String(item), TEXT))) : value;
}

/** A line of a spool, as an entry; `null` for one that was cut off, or is none of ours. */
export function parseLine(line: string): Entry | null {
  try {
    const value = JSON.parse(line) as Partial<Entry> | null;
    const whole = typeof value?.id === 'string' && typeof value.at === 'number' && typeof value.action === 'string' && typeof value.outcome === 'string' && typeof value.details === 'object';
    return whole ? value as Entry : null;
  } catch {
    return null;
  }
}
