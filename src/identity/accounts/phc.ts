/** An argon2id hash with all it was made with, as the PHC string format tells it. */
export interface Argon2Hash {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const SHAPE = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{16,128})$/;

/** Beyond these, checking one password would cost more than a gateway should spend on it. */
const MOST = { memory: 1_048_576, passes: 20, parallelism: 16 } as const;
/** RFC 9106 3.1: there are eight KiB at least for each lane. */
const LEAST_PER_LANE = 8;

/** Reads a PHC string of argon2id, version 19 (RFC 9106); `null` when it is none. */
export function parsePhc(text: string): Argon2Hash | null {
  const parts = SHAPE.exec(text);
  if (!parts) return null;
  const [memory, passes, parallelism] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const fits = memory <= MOST.memory && passes >= 1 && passes <= MOST.passes && parallelism >= 1 && parallelism <= MOST.parallelism && memory >= LEAST_PER_LANE * parallelism;
  return fits ? { memory, passes, parallelism, salt: Buffer.from(parts[4] as string, 'base64'), tag: Buffer.from(parts[5] as string, 'base64') } : null;
}

export function formatPhc({ memory, parallelism, passes, salt, tag }: Argon2Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** A cost beyond which one check takes longer than a second or two. */
const MOST_BCRYPT_COST = 15;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

export function isBcrypt(text: string): boolean {
  const cost = Number(BCRYPT.exec(text)?.[1]);
  return cost >= 4 && cost <= MOST_BCRYPT_COST;
}
