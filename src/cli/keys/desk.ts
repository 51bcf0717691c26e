import type { KeyView } from '../../identity/keys/index.js';

/** What a key that is to be made is said to be, as JSON has it. */
export interface KeyOrder {
  readonly name: string;
  readonly owner?: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  readonly limits: readonly (string | { readonly use: string; readonly rate: string })[];
  readonly expiresIn?: string;
}

/** A key, and its text this once. */
export interface MadeKey extends KeyView {
  readonly key: string;
}

/** Where keys are made and revoked: a gateway that runs, or the database itself. Everything rejects with Failure. */
export interface KeyDesk {
  /** For people. */
  readonly place: string;
  create(order: KeyOrder): Promise<MadeKey>;
  list(owner: string | undefined): Promise<readonly KeyView[]>;
  rotate(id: string, overlap: string | undefined): Promise<MadeKey>;
  revoke(id: string): Promise<void>;
  close(): Promise<void>;
}
