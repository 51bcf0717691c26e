import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { isAnyBcrypt } from './bcrypt.js';
import { formatPhc, isBcrypt, parsePhc, type Argon2Hash } from './phc.js';

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);

/** RFC 9106 4: bytes of a salt and of a tag. */
const SALT = 16;
const TAG = 32;
const KIB = 1024;

/** What hashes are made with. */
export interface HashSettings {
  /** Bytes. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** What a check found. */
export interface Verdict {
  readonly right: boolean;
  /** Whether the password should be hashed anew, for this hash is of another kind or strength. */
  readonly outdated: boolean;
}

/** Hashes passwords with argon2id, and checks those that other programs hashed too. All of it off the event loop. */
export class PasswordHash {
  readonly #cost: Pick<Argon2Hash, 'memory' | 'passes' | 'parallelism'>;
  /** Of nobody's password: what a login without an account is checked against, so that it costs the same. */
  readonly #dummy: Argon2Hash;

  constructor({ memory, parallelism, passes }: HashSettings) {
    this.#cost = { memory: Math.floor(memory / KIB), passes, parallelism };
    this.#dummy = { ...this.#cost, salt: randomBytes(SALT), tag: randomBytes(TAG) };
  }

  /** @returns a PHC string. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT);
    return formatPhc({ ...this.#cost, salt, tag: await tagOf(normal(password), { ...this.#cost, salt, tag: this.#dummy.tag }) });
  }

  /** Checks a password against what is stored; where that is nothing, or nothing we know, it only costs the same. */
  async verify(password: string, stored: string | null): Promise<Verdict> {
    const text = normal(password);
    // Other programs may have hashed what was typed as it came.
    const forms = text === password ? [text] : [text, password];
    if (stored !== null && isBcrypt(stored)) return { right: await isAnyBcrypt(forms, stored), outdated: true };
    const hash = stored === null ? null : parsePhc(stored);
    const right = await isAny(forms, hash ?? this.#dummy);
    return { right: right && hash !== null, outdated: hash !== null && this.#isOutdated(hash) };
  }

  #isOutdated({ memory, parallelism, passes, salt, tag }: Argon2Hash): boolean {
    return memory !== this.#cost.memory || passes !== this.#cost.passes || parallelism !== this.#cost.parallelism || salt.length < SALT || tag.length !== TAG;
  }
}

/** Whether a hash of another program can be taken over. */
export function isKnownHash(text: string): boolean {
  return isBcrypt(text) || parsePhc(text) !== null;
}

/** NIST SP 800-63B 5.1.1.2: one spelling of what looks the same, whichever keyboard it comes from. */
export function normal(password: string): string {
  return password.normalize('NFKC');
}

async function isAny(forms: readonly string[], hash: Argon2Hash): Promise<boolean> {
  let right = false;
  for (const form of forms) right = timingSafeEqual(await tagOf(form, hash), hash.tag) || right;
  return right;
}

function tagOf(text: string, { memory, parallelism, passes, salt, tag }: Argon2Hash): Promise<Buffer> {
  return derive('argon2id', { message: text, nonce: salt, memory, passes, parallelism, tagLength: tag.length });
}
