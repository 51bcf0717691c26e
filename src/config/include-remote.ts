import type { Issues } from './issues.js';
import type { Place, Source } from './place.js';
import { found, textOf } from './read-file.js';
import { isRemote, parseRemote, type RemoteAddress } from './remote-address.js';
import type { Remotes } from './remotes.js';

/** A document that is not a file. */
export interface RemoteText {
  readonly source: Source;
  readonly text: string;
}

/** Whether an include leads to something that is not a file: it says so, or what includes it is none. */
export function leadsElsewhere(text: string, { source }: Place): boolean {
  return isRemote(text) || source.remote !== undefined;
}

/** The documents of such an include. None where something is wrong, which is an issue, or has to be fetched first. */
export function remoteDocuments(text: string, place: Place, remotes: Remotes, issues: Issues): readonly RemoteText[] {
  const optional = text.endsWith('?');
  const address = addressOf(optional ? text.slice(0, -1) : text, place.source);
  const report = (name: string, message: string): void => issues.add(place, ['include'], `${name}: ${message}`);
  if ('problem' in address) {
    issues.add(place, ['include'], address.problem);
    return [];
  }
  const fetched = found(address.url, () => remotes.at(address));
  if (fetched === null) return [];
  if ('problem' in fetched) {
    report(address.url, fetched.problem);
    return [];
  }
  if (fetched.documents.length === 0 && !optional) {
    report(address.url, `there is no ${address.key.endsWith('/') ? 'key below this prefix' : 'such key'}; a trailing \`?\` makes it optional`);
  }
  return fetched.documents.flatMap(({ name, bytes }) => {
    const reading = textOf(bytes);
    if ('text' in reading && reading.text.trim() !== '') return [{ source: { name, folder: '', remote: address.server }, text: reading.text }];
    report(name, 'problem' in reading ? reading.problem : 'the key is empty');
    return [];
  });
}

function addressOf(text: string, { remote }: Source): RemoteAddress | { readonly problem: string } {
  const only = `what is included from Consul includes only from there: expected an address that begins with ${remote}/`;
  if (!isRemote(text)) return { problem: only };
  const address = parseRemote(text);
  // Another server would get the token, and a file is not for whoever may write a key.
  return remote !== undefined && 'server' in address && address.server !== remote ? { problem: only } : address;
}
