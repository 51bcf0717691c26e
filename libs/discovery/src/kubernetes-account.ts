import { open } from 'node:fs/promises';
import path from 'node:path';
import { Secret } from '#libs/kernel';
import type { KubernetesOptions } from './kubernetes-options.js';

/** As whom the API server is asked, and what vouches for it. */
export interface Account {
  readonly namespace: string;
  /** `null` where whoever listens there signs in itself. */
  readonly token: Secret | null;
  readonly ca: string | null;
}

/** Bytes of a file of a service account; bundles of certificates are the largest. */
const LARGEST = 1024 * 1024;

/**
 * Reads the files of a service account, as they are now: Kubernetes renews them.
 * @param folder where relative paths start.
 * @throws Error when the token or the certificates cannot be read.
 */
export async function readAccount({ namespace, server, token, ca }: KubernetesOptions, folder: string): Promise<Account> {
  const tokenFile = path.resolve(folder, token);
  const own = namespace ?? (await readSmall(path.join(path.dirname(tokenFile), 'namespace')).catch(() => 'default'));
  if (server.startsWith('http:')) return { namespace: own, token: null, ca: null };
  const text = await readSmall(tokenFile);
  // The text goes into a field, and an error about it must not print it.
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`${tokenFile} holds no token`);
  return { namespace: own, token: new Secret(text), ca: await readSmall(path.resolve(folder, ca)) };
}

async function readSmall(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(LARGEST);
    let length = 0;
    for (let read = -1; read !== 0 && length < LARGEST; length += read) {
      ({ bytesRead: read } = await handle.read(buffer, length, LARGEST - length));
    }
    if (length === LARGEST) throw new Error(`${file} has ${LARGEST} bytes or more`);
    return buffer.toString('utf8', 0, length).trim();
  } finally {
    await handle.close();
  }
}
