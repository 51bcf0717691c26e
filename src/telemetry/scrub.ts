import { REDACTED, withoutPassword } from '../config/redact.js';

/**
 * A JSON Web Token by its first characters, `{"` in base64, after what is glued to its front. Looked for from the start
 * of a word only, and only where a second part follows: clients send 32 KB of `eyJeyJeyJ`, and every start that can fail
 * at the end of a long word would make that quadratic.
 */
const TOKEN = /(?<![\w-])(?=[\w-]+\.[\w-])([\w-]*?)eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)*/g;

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

/** Text without the JSON Web Tokens in it. */
export function withoutTokens(text: string): string {
  return text.includes('eyJ') ? text.replace(TOKEN, `$1${REDACTED}`) : text;
}
