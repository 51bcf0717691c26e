import type { Node } from './nodes.js';

export const REDACTED = '[redacted]';

/** Keys and header names whose values should not be shown, wherever they stand. */
const SECRET_KEY = /secret|passw|passphrase|token|credential|private.?key|api.?key|^keys?$|authorization|cookie/i;

/** Whether a value written under a key may be a secret. */
export function secretLike(key: PropertyKey | undefined): boolean {
  return typeof key === 'string' && SECRET_KEY.test(key);
}

/** The value of an issue as it may be shown: nothing for maps and lists, redacted where it may be a secret. */
export function showable(node: Node, path: readonly PropertyKey[]): { readonly value?: unknown } {
  if (node.kind !== 'scalar') return {};
  if (node.value !== null && (node.from !== 'text' || path.some(secretLike))) return { value: REDACTED };
  return { value: typeof node.value === 'string' ? shortened(withoutPassword(withoutAuthority(node.value))) : node.value };
}

/** User and password of an address are cut out. */
export function withoutPassword(text: string): string {
  return text.replace(/(\w:\/\/)[^/?#@\s]+@/g, `$1${REDACTED}@`);
}

/** What an issue is about may be malformed just where its password begins or ends: of an address of Redis or PostgreSQL, all up to the last `@` goes. */
function withoutAuthority(text: string): string {
  return text.replace(/^(\s*(?:rediss?|postgres(?:ql)?)\b[+\w]*:?)[^]*@/i, `$1//${REDACTED}@`);
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
