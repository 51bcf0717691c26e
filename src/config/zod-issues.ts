import type { z } from 'zod';
import type { IssueDetails, Issues } from './issues.js';
import { nearestName } from './nearest-name.js';
import { child, locate, type Node } from './nodes.js';
import type { Place } from './place.js';
import { showable } from './redact.js';
import { keysOf, schemasAt, type Schema } from './schema-walk.js';
import { closed, explain, isMissing, joined } from './zod-messages.js';

type Raw = z.core.$ZodIssue;

/** What was validated, and where it stands. */
export interface Subject {
  readonly schema: Schema;
  readonly node: Node;
  /** Path of `node` in the whole configuration. */
  readonly at: readonly string[];
  /** Where what lacks in `node` itself is reported; default: where it starts. */
  readonly place?: Place;
}

export interface Reporting {
  readonly issues: Issues;
  /** Leaves out what is missing below a path: inheritance may still bring it. */
  readonly mayCome?: (path: readonly PropertyKey[]) => boolean;
}

/** Reports what zod found, with places, in the words of the file. */
export function reportZodIssues(found: readonly Raw[], subject: Subject, reporting: Reporting): void {
  for (const issue of found) report(issue, [], subject, reporting);
}

function report(issue: Raw, above: readonly PropertyKey[], subject: Subject, reporting: Reporting): void {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, subject, reporting);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return union(issue, path, subject, reporting);
  const { node, exact } = locate(subject.node, path);
  if (node.kind === 'scalar' && node.broken) return;
  // A choice by `use` is told of the key, with the map around it as its input.
  if (isMissing(issue) || (issue.code === 'invalid_union' && !exact)) return missing(issue, path, subject, reporting);
  place(path, subject, reporting, issue.code === 'invalid_union' ? closed(optionsOf(issue), writtenAt(subject.node, path)) : explained(issue, path, subject));
}

function explained(issue: Raw, path: readonly PropertyKey[], subject: Subject): IssueDetails {
  const details = explain(issue, schemasAt(subject.schema, path, subject.node), issue.input ?? writtenAt(subject.node, path));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' ? insteadOf(details, locate(subject.node, path).node) : details;
}

function optionsOf(issue: Raw): readonly unknown[] {
  const { options } = issue as { options?: readonly unknown[] };
  return options ?? [];
}

function writtenAt(root: Node, path: readonly PropertyKey[]): unknown {
  const { node, exact } = locate(root, path);
  return exact && node.kind === 'scalar' ? node.value : undefined;
}

function place(path: readonly PropertyKey[], subject: Subject, reporting: Reporting, details: IssueDetails): void {
  const { node, place: where } = locate(subject.node, path);
  const value = showable(node, [...subject.at, ...path]);
  const secret = value.value === '[redacted]';
  const { suggestion, ...rest } = details;
  // A message that says what it got needs no value behind it.
  const got = rest.message.includes(', got ') ? {} : value;
  reporting.issues.add(where, [...subject.at, ...path], { ...rest, ...got, ...(suggestion === undefined || secret ? {} : { suggestion }) });
}

/** What stands there instead; scalars are shown as the value of the issue. */
function insteadOf(details: IssueDetails, node: Node): IssueDetails {
  return node.kind === 'scalar' ? details : { ...details, message: `${details.message}, got a ${node.kind}` };
}

function missing(issue: Raw, path: readonly PropertyKey[], subject: Subject, reporting: Reporting): void {
  if (reporting.mayCome?.([...subject.at, ...path])) return;
  const details = issue.code === 'invalid_union' ? closed(optionsOf(issue), undefined) : explain(issue, schemasAt(subject.schema, path, subject.node), undefined);
  const { node, place: found } = locate(subject.node, path);
  const where = node === subject.node ? (subject.place ?? found) : found;
  const wanted = details.message.startsWith('expected ') ? `; ${details.message}` : '';
  reporting.issues.add(where, [...subject.at, ...path], { message: `missing${wanted}` });
}

function unknownKeys(keys: readonly string[], path: readonly PropertyKey[], subject: Subject, reporting: Reporting): void {
  const { node } = locate(subject.node, path);
  const allowed = keysOf(schemasAt(subject.schema, path, subject.node), node);
  for (const key of keys) {
    const suggestion = nearestName(key, allowed);
    const entry = node.kind === 'map' ? node.entries.get(key) : undefined;
    reporting.issues.add(entry?.keyPlace ?? node.place, [...subject.at, ...path, key], {
      message: 'unknown key', ...(suggestion === undefined ? {} : { suggestion }), ...(allowed.length > 0 ? { allowed } : {}),
    });
  }
}

/** Of the ways a value may be written, the one it was meant to be tells what is wrong; else all of them are named. */
function union(issue: Extract<Raw, { code: 'invalid_union' }>, path: readonly PropertyKey[], subject: Subject, reporting: Reporting): void {
  const meant = issue.errors
    .filter((branch) => branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys' || !isAboutType(inner)))
    .sort((a, b) => a.length - b.length)[0];
  const { node } = locate(subject.node, path);
  if (node.kind === 'scalar' && node.broken) return;
  if (meant && (node.kind !== 'scalar' || issue.errors.every((branch) => branch === meant || branch.every(isAboutType)))) {
    for (const inner of meant) report(inner, path, subject, reporting);
    return;
  }
  if (issue.input === undefined && !child(locate(subject.node, path.slice(0, -1)).node, path.at(-1) ?? '')) return missing(issue.errors[0]?.[0] ?? issue, path, subject, reporting);
  const written = writtenAt(subject.node, path);
  const schemas = schemasAt(subject.schema, path, subject.node);
  const flat = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_union' && inner.errors.length > 0 ? inner.errors.flat() : [inner]));
  const values = flat.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : []));
  const others = flat.filter((inner) => inner.code !== 'invalid_value').map((inner) => explain(inner, schemas, written));
  const choices = [...new Set(values)].map((value) => closed([value], undefined));
  place(path, subject, reporting, { ...insteadOf(joined([...choices, ...others], written), node), ...nearestOf(values, written) });
}

function nearestOf(values: readonly unknown[], written: unknown): Pick<IssueDetails, 'suggestion'> {
  const { suggestion } = closed(values, written);
  return suggestion === undefined ? {} : { suggestion };
}

function isAboutType(issue: Raw): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');
}
