export type { Actor, ApiKey, KeyAndText, Rights } from './api-key.js';
export { changeBody, changesOf, createBody, draftOf, rotateBody } from './key-bodies.js';
export { KeyDirectory } from './key-directory.js';
export type { KeyQuery } from './key-list.js';
export { viewKey, type KeyView } from './key-view.js';
export type { Keys } from './keys.js';
