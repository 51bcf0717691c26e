import { anew, hot, type Difference, type Meaning } from './effect.js';

/** Settings that say which database it is. */
const PLACE: ReadonlySet<string> = new Set(['url', 'file', 'schema']);

/** What a change means for what is kept in the database, and for certificates; `null` where it has nothing to do with them. */
export function meaningForKept({ kind, path }: Difference): Meaning | null {
  const [section, name = ''] = path;
  switch (section) {
    case 'database': return PLACE.has(name) ? anew('accounts, sessions, API keys, revocations and the audit trail are those of the other database; nothing is copied') : hot('the connection to the database is replaced; what is kept there stays');
    case 'identity': return ofIdentity(kind, path);
    case 'apiKeys': return hot('keys that were made stay');
    case 'revocation': return hot('what was revoked stays revoked');
    case 'audit': return hot(name === '' && kind === 'removed' ? 'nothing is recorded any more; what was recorded stays' : 'it is recorded so from the reload on; what was recorded stays');
    case 'tls': return hot('new connections get these certificates; those that stand go on, but for clients with a certificate where `ca` or `crl` changes');
    default: return null;
  }
}

function ofIdentity(kind: Difference['kind'], [, name = '']: readonly string[]): Meaning {
  if (name === '') return hot(kind === 'removed' ? 'nobody can register or sign in here any more; accounts stay in the database' : 'accounts begin with the reload');
  if (name === 'signing') return hot('tokens from before are judged by the keys and the algorithm of the new file: they may no longer be good');
  return hot('accounts and sessions stay; it holds for what comes');
}
