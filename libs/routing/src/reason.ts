import type { ConditionSource } from './conditions.js';
import type { PrecedenceRule } from './specificity.js';

/** Why a route did not get a request. */
export type LossReason =
  | { readonly kind: 'host'; readonly host: string; readonly wants: string }
  /** `segment` counts from 1; `actual` is `null` behind the end of the path, `wants` behind that of the pattern. */
  | { readonly kind: 'path'; readonly segment: number; readonly actual: string | null; readonly wants: string | null }
  | { readonly kind: 'trailing-slash'; readonly wants: 'with' | 'without' }
  | { readonly kind: 'version'; readonly version: string | null; readonly wants: readonly string[] }
  | { readonly kind: 'method'; readonly method: string; readonly wants: readonly string[] }
  /** The value itself stays out: it may be a credential. */
  | { readonly kind: 'condition'; readonly source: ConditionSource; readonly name: string; readonly present: boolean; readonly wants: string }
  | { readonly kind: 'less-specific'; readonly than: string; readonly rule: PrecedenceRule }
  | { readonly kind: 'priority'; readonly than: string; readonly own: number; readonly others: number }
  /** Only in a table with mistakes: the other one is defined first. */
  | { readonly kind: 'ambiguous'; readonly than: string };

/** A reason in words. */
export function describeReason(reason: LossReason): string {
  switch (reason.kind) {
    case 'host': return `host "${reason.host}" is not ${reason.wants}`;
    case 'path': return describePath(reason);
    case 'trailing-slash': return reason.wants === 'with' ? 'path: the pattern wants a slash at the end' : 'path: the pattern wants no slash at the end';
    case 'version': return `${reason.version === null ? 'no version is asked for, the route serves' : `version ${reason.version} is not among`} ${reason.wants.join(', ')}`;
    case 'method': return `method ${reason.method} is not among ${reason.wants.join(', ')}`;
    case 'condition': return `${reason.source} ${reason.name} is ${reason.present ? `there but ought ${reason.wants}` : 'absent'}`;
    case 'less-specific': return `less specific than "${reason.than}" (${reason.rule})`;
    case 'priority': return `priority ${reason.own} is below the ${reason.others} of "${reason.than}"`;
    case 'ambiguous': return `ambiguous: "${reason.than}" matches too and nothing decides`;
  }
}

function describePath({ segment, actual, wants }: Extract<LossReason, { kind: 'path' }>): string {
  if (wants === null) return `path: segment ${segment} is "${actual ?? ''}", the pattern ends before it`;
  return `path: segment ${segment} is ${actual === null ? 'missing' : `"${actual}"`}, the pattern wants "${wants}"`;
}
