import type { IdentityConfig } from '../config/index.js';
import type { Account, Grant } from './contracts.js';

/** What the shapes of bodies depend on. */
export type ShapeSettings = Pick<IdentityConfig, 'answers' | 'fields' | 'loginBy' | 'register'>;

/** Whose answer it is. */
export type AnswerName = keyof ShapeSettings['answers'];

/** What an answer is about; without a grant the tokens are left out of it. */
export interface Told {
  readonly account: Account | null;
  /** Without its refresh token where that is a cookie. */
  readonly grant: Partial<Grant> | null;
}
