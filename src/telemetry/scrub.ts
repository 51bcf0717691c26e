import { REDACTED, withoutPassword } from '../config/redact.js';
import { withoutTokens } from './redaction.js';

/** `Bearer abc`: the scheme stays, so that the reader knows what was there. Short words of small letters are prose. */
const SCHEME = /\b([Bb]earer|BEARER|[Bb]asic|[Dd]igest)\s+(?=[\w.~+/=-]*[\d.=_A-Z]|[\w.~+/=-]{16})[^\s"',;]+/g;

/** `password=x`, `"token": "x"`, `api_key: x`: as queries, JSON and headers write them, also cut short by an error message. */
const PAIR = /((?:passw|pwd|secret|token|credential|api[_-]?key|private[_-]?key|access[_-]?key|session|signature)[\w-]*\\?["']?\s*[=:]\s*\\?["']?)[^\s"'\\,;&{}[\]]+/gi;

/** A header with its whole value, which may have blanks and several parts. */
const HEADER = /\b((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s*[:=]\s*\\?["']?)[^\r\n"'\\]+/gi;

/** Free text, such as an error's message or stack, without what looks like a credential. */
export function scrub(text: string): string {
  return withoutPassword(withoutTokens(text)).replace(HEADER, `$1$2${REDACTED}`).replace(SCHEME, `$1 ${REDACTED}`).replace(PAIR, `$1${REDACTED}`);
}
