import type { Exchange } from '#libs/kernel';
import { cookieEnd, cookieStart } from './cookies.js';
import { hashText } from './hash.js';

/** What keeps requests together. */
export const KEYS = ['client', 'user', 'path', 'header', 'cookie'] as const;

/** Hash of a request's key; `NO_KEY` when the request has none. */
export type HashKey = (exchange: Exchange) => number;

/** No hash: those are never negative. */
export const NO_KEY = -1;

/** @param name of the header or cookie, for those two. */
export function compileHashKey(by: (typeof KEYS)[number], name = ''): HashKey {
  switch (by) {
    case 'client': return ({ client }) => hashOf(client);
    case 'user': return ({ principal }) => hashOf(principal?.id);
    case 'path': return ({ servicePath }) => hashOf(servicePath);
    case 'header': return headerKey(name.toLowerCase());
    case 'cookie': return cookieKey(name);
  }
}

function headerKey(name: string): HashKey {
  return ({ headers }) => {
    const value = headers[name];
    return hashOf(Array.isArray(value) ? value[0] : value);
  };
}

function cookieKey(name: string): HashKey {
  return ({ headers: { cookie } }) => {
    const start = cookie === undefined ? -1 : cookieStart(cookie, name);
    if (start === -1) return NO_KEY;
    const end = cookieEnd(cookie as string, start);
    return end === start ? NO_KEY : hashText(cookie as string, start, end);
  };
}

/** An empty key is none: it would bring all who have no key to one target. */
function hashOf(text: string | undefined): number {
  return text === undefined || text === '' ? NO_KEY : hashText(text);
}
