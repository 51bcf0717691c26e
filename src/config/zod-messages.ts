import type { z } from 'zod';
import type { IssueDetails } from './issues.js';
import { nearestName } from './nearest-name.js';
import { leavesOf, type Schema } from './schema-walk.js';

type Raw = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', null: 'null', array: 'a list', object: 'a map', record: 'a map', never: 'nothing',
};

/** What is allowed, in the words of the file; `schemas` are those of the place of the issue. */
export function explain(issue: Raw, schemas: readonly Schema[], written: unknown): IssueDetails {
  switch (issue.code) {
    case 'invalid_type': return typeIssue(issue, schemas, written);
    case 'invalid_value': return closed(issue.values, written);
    case 'too_small': return { message: own(issue) ?? bound(issue.origin, 'at least', issue.minimum, issue.inclusive === false) };
    case 'too_big': return { message: own(issue) ?? bound(issue.origin, 'at most', issue.maximum, issue.inclusive === false) };
    case 'invalid_key': return { message: issue.issues[0]?.message ?? 'this name is not allowed' };
    default: return withUnit(own(issue) ?? 'this value is not allowed', written);
  }
}

/** Whether an issue says that something is not there at all. */
export function isMissing(issue: Raw): boolean {
  return issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');
}

export function closed(values: readonly unknown[], written: unknown): IssueDetails {
  const suggestion = typeof written === 'string' ? nearestName(written, values.map(String)) : undefined;
  return { message: `expected ${alternatives(values.map((value) => JSON.stringify(value)))}`, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Several ways to be right, none of them met: they are told in one sentence. */
export function joined(details: readonly IssueDetails[], written: unknown): IssueDetails {
  const wants = details.map(({ message }) => message).filter((message) => message.startsWith('expected ')).map((message) => message.slice('expected '.length));
  const suggestion = details.find((detail) => detail.suggestion !== undefined)?.suggestion;
  const message = wants.length > 0 ? `expected ${alternatives([...new Set(wants)])}` : (details[0]?.message ?? 'this value is not allowed');
  return { ...withUnit(message, written), ...(suggestion === undefined ? {} : { suggestion }) };
}

function typeIssue(issue: Extract<Raw, { code: 'invalid_type' }>, schemas: readonly Schema[], written: unknown): IssueDetails {
  const message = own(issue) ?? `expected ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.expected === 'object' && typeof written === 'string' && takesUse(schemas)) return { message, suggestion: `{ use: ${written} }` };
  if (issue.expected === 'string' && (typeof written === 'number' || typeof written === 'boolean') && message === 'expected text') {
    return { message: 'expected text; quotes make it one', suggestion: `'${String(written)}'` };
  }
  return withUnit(message, written);
}

function takesUse(schemas: readonly Schema[]): boolean {
  return schemas.some((schema) => leavesOf(schema).objects.some(({ _zod }) => 'use' in _zod.def.shape));
}

/** The message a schema gives itself, or nothing where zod speaks in its own words. */
function own(issue: Raw): string | undefined {
  return /^(?:Invalid |Too (?:small|big)|Unrecognized)/.test(issue.message) ? undefined : issue.message;
}

function bound(origin: string, relation: string, limit: number | bigint, strict: boolean): string {
  if (origin === 'string') return `expected ${relation} ${limit} character${limit === 1 ? '' : 's'}`;
  if (origin === 'array' || origin === 'set') return `expected ${relation} ${limit} item${limit === 1 ? '' : 's'}`;
  if (strict) return `expected a number ${relation === 'at least' ? 'over' : 'under'} ${limit}`;
  return `expected a number of ${relation} ${limit}`;
}

/** A bare number where a unit is due: seconds, bytes and percent are what people mean most. */
function withUnit(message: string, written: unknown): IssueDetails {
  const bare = typeof written === 'number' ? String(written) : typeof written === 'string' && /^\d+(?:\.\d+)?$/.test(written) ? written : undefined;
  if (bare === undefined) return { message };
  const unit = message.includes('a duration') ? 's' : message.includes('a size') ? 'b' : message.includes('a percentage') ? '%' : undefined;
  return unit === undefined ? { message } : { message, suggestion: `${bare}${unit}` };
}

function alternatives(values: readonly string[]): string {
  return values.length < 2 ? (values[0] ?? 'nothing') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
