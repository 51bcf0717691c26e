import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = BigInt(LETTERS.length);

/** Letters of an id: 71 bits, so that two are never alike. */
const ID = 12;
/** Bytes of a secret, and letters that they take. */
const SECRET_BYTES = 32;
const SECRET = 43;
/** Letters of a CRC-32. */
const CHECK = 6;

const SHAPE = new RegExp(`^([a-z][a-z0-9_]*)_([0-9A-Za-z]{${ID}})_[0-9A-Za-z]{${SECRET + CHECK}}$`);

/** A new key. Its text is told once. */
export interface NewKeyText {
  readonly id: string;
  /** What it begins with: tells which one it is, and opens nothing. */
  readonly start: string;
  readonly text: string;
}

/**
 * Makes a key: `pk_<id>_<secret><check>`. The check, a CRC-32, tells a mistyped key from another one without a look at any
 * list, here and in programs that search code for secrets; it protects nothing.
 * @param id of a key that gets another secret.
 */
export function newKeyText(prefix: string, id: string = randomId()): NewKeyText {
  const start = `${prefix}_${id}`;
  const body = `${start}_${lettersOf(randomBytes(SECRET_BYTES), SECRET)}`;
  return { id, start, text: body + checkOf(body) };
}

/** Whether a text looks like one of our keys, right or wrong. */
export function looksLikeKey(text: string): boolean {
  return SHAPE.test(text);
}

/** The id in a key. @returns `null` for a text that is none, or has a letter wrong. */
export function idIn(text: string): string | null {
  const id = SHAPE.exec(text)?.[2];
  return id === undefined || checkOf(text.slice(0, -CHECK)) !== text.slice(-CHECK) ? null : id;
}

/**
 * What is kept of a key: its SHA-256 in base64url. A slow hash is for what people think up. Nobody tries 256 random bits,
 * however fast, and a slow one would let strangers keep the gateway busy.
 */
export function digestOfKey(text: string): string {
  return hash('sha256', text, 'base64url');
}

function randomId(): string {
  return lettersOf(randomBytes(9), ID + 1).slice(-ID);
}

function checkOf(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return lettersOf(bytes, CHECK);
}

function lettersOf(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; text.length < length; rest /= BASE) text = (LETTERS[Number(rest % BASE)] as string) + text;
  return text;
}
