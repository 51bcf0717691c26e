import path from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Secret } from '#libs/kernel';
import type { Issues } from './issues.js';
import { locate, type MapNode } from './nodes.js';
import { readValueFile } from './read-file.js';
import type { GatewayFile } from './schema/index.js';
import { isPem, type ServerTlsConfig } from './schema/server-tls.js';
import { certificatesIn, readKey } from './schema/upstream-tls.js';
import { outOfDate } from './semantic/tls.js';
import { secureContextOptions, type KeyPair, type TlsMaterial } from './tls-material.js';

interface Reading {
  readonly file: GatewayFile | null;
  readonly written: { readonly root: MapNode };
}

/**
 * Reads what `server.tls` names and sees to it that a server can be made of it: what is wrong goes to `issues`, and what
 * nobody will accept today to `warnings`.
 * @param folder where relative names start.
 * @returns `null` without TLS, and when something is wrong.
 */
export function readTlsMaterial({ file, written }: Reading, folder: string, told: { readonly issues: Issues; readonly warnings: Issues }): TlsMaterial | null {
  const tls = file?.server.tls;
  if (!tls) return null;
  const reader = new Reader(written.root, folder, told);
  const pairs = tls.certificates.map((pair, index) => reader.pair(pair, ['certificates', index]));
  const ca = tls.ca.map((text, index) => reader.certificates(text, ['ca', index]));
  const crl = tls.crl.map((text, index) => reader.revocations(text, ['crl', index]));
  if ([...pairs, ...ca, ...crl].includes(null)) return null;
  const material = { pairs, ca, crl } as TlsMaterial;
  for (const [index, pair] of material.pairs.entries()) {
    const refusal = refusalOf(secureContextOptions(tls, material, pair));
    if (refusal !== null) reader.report(['certificates', index], `OpenSSL refuses this: ${refusal}`);
  }
  return material;
}

type At = readonly (string | number)[];

class Reader {
  constructor(private readonly root: MapNode, private readonly folder: string, private readonly told: { readonly issues: Issues; readonly warnings: Issues }) {}

  report(at: At, message: string, as: 'issues' | 'warnings' = 'issues'): void {
    const whole = ['server', 'tls', ...at];
    this.told[as].add(locate(this.root, whole).place, whole, message);
  }

  pair({ cert, key, passphrase }: ServerTlsConfig['certificates'][number], at: At): KeyPair | null {
    const chain = this.certificates(cert, [...at, 'cert']);
    const secret = typeof key === 'string' ? this.#text(key, [...at, 'key']) : key.reveal();
    if (chain === null || secret === null) return null;
    const pair = { cert: chain, key: new Secret(secret), passphrase };
    const read = readKey(pair.key, passphrase);
    if (typeof read === 'string') this.report([...at, 'key'], read);
    else if (certificatesIn(chain)[0]?.checkPrivateKey(read) === false) this.report([...at, 'key'], 'this is not the key of `cert`');
    else return pair;
    return null;
  }

  certificates(named: string, at: At): string | null {
    const text = this.#text(named, at);
    if (text === null) return null;
    try {
      const found = certificatesIn(text);
      if (found.length === 0) this.report(at, 'there is no certificate in it (PEM)');
      for (const { subject, validFromDate, validToDate } of found) {
        const late = outOfDate(subject, validFromDate, validToDate);
        if (late !== null) this.report(at, late, 'warnings');
      }
      return found.length === 0 ? null : text;
    } catch (error) {
      this.report(at, `a certificate in it cannot be read (${(error as Error).message})`);
      return null;
    }
  }

  revocations(named: string, at: At): string | null {
    const text = this.#text(named, at);
    if (text === null || refusalOf({ crl: text }) === null) return text;
    this.report(at, 'there is no list of revoked certificates in it (PEM)');
    return null;
  }

  /** The text itself, or that of the file it names. */
  #text(named: string, at: At): string | null {
    if (isPem(named)) return named;
    const reading = readValueFile(path.resolve(this.folder, named));
    if ('text' in reading) return reading.text;
    this.report(at, `${named}: ${reading.problem}`);
    return null;
  }
}

/** Why OpenSSL makes no context of it; `null` when it does. */
function refusalOf(options: SecureContextOptions): string | null {
  try {
    createSecureContext(options);
    return null;
  } catch (error) {
    const { message, reason } = error as Error & { readonly reason?: string };
    return reason ?? message;
  }
}
