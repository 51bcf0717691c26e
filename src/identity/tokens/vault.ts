import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '#libs/kernel';

const SEALED = 'aes256gcm:';
const CIPHER = 'aes-256-gcm';
const PURPOSE = 'passerelle signing key';
const SALT = 16;
const IV = 12;
const TAG = 16;

/** Seals private keys for the database; without a secret they stand there as they are. */
export class Vault {
  constructor(private readonly secret: Secret | null) {}

  /** @param kid of the key; what is sealed opens only under the same one. */
  seal(text: string, kid: string): string {
    if (this.secret === null) return text;
    const salt = randomBytes(SALT);
    const iv = randomBytes(IV);
    const cipher = createCipheriv(CIPHER, keyFrom(this.secret, salt), iv, { authTagLength: TAG }).setAAD(Buffer.from(kid));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return SEALED + Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error in words for the user when it is sealed with another secret, or was changed. */
  open(written: string, kid: string): string {
    if (!written.startsWith(SEALED)) return written;
    if (this.secret === null) throw new Error(`The signing key ${kid} is encrypted in the database; give the secret as \`identity.signing.encrypt\``);
    const bytes = Buffer.from(written.slice(SEALED.length), 'base64url');
    const [salt, iv, tag] = [bytes.subarray(0, SALT), bytes.subarray(SALT, SALT + IV), bytes.subarray(SALT + IV, SALT + IV + TAG)];
    try {
      const decipher = createDecipheriv(CIPHER, keyFrom(this.secret, salt), iv, { authTagLength: TAG }).setAAD(Buffer.from(kid)).setAuthTag(tag);
      return Buffer.concat([decipher.update(bytes.subarray(SALT + IV + TAG)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new Error(`The signing key ${kid} in the database was encrypted with another secret than \`identity.signing.encrypt\``, { cause });
    }
  }

  /** Whether it stands as `seal` would write it now. */
  fits(written: string): boolean {
    return written.startsWith(SEALED) || this.secret === null;
  }
}

function keyFrom(secret: Secret, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.reveal(), salt, PURPOSE, 32));
}
