import api from 'undici/lib/api/index.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

/*
 * What moves the bytes, and no more of undici: its door brings fetch, caches, WebSockets and mocks along, 2 MB that an
 * idle gateway would keep for nothing. These are files of the version that is pinned; their types are those of the door.
 */
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as errors } from 'undici/lib/core/errors.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { Dispatcher };

// The door does the same: plugins may ask a target's dispatcher for `request` and the like.
Object.assign(Dispatcher.prototype, api);
