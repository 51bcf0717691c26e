import type { ApiKeysConfig } from '../../config/index.js';
import type { KeptKeys } from './kept-keys.js';
import { KeyStore } from './key-store.js';
import { Keys } from './keys.js';

export { KeptKeys } from './kept-keys.js';

/** What can be done to keys that are kept. This file is loaded with the first that an authenticator goes by. */
export function createKeys({ parts }: KeptKeys, config: ApiKeysConfig): Keys {
  return new Keys({ store: new KeyStore({ ...parts, config }), database: parts.database, config });
}
