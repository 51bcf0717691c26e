import { events, type AuditNotice } from '#libs/kernel';
import type { Caller } from '../contracts.js';

/** Who does something to an account, and from where. */
export interface Actor {
  readonly caller: Caller;
  /** `authenticator:id` of an administrator; `null` for whoever it is about. */
  readonly actor: string | null;
}

interface Noted {
  readonly action: string;
  readonly outcome?: AuditNotice['outcome'];
  /** Id of the account; `null` where there is none. */
  readonly account: string | null;
  readonly details?: AuditNotice['details'];
  /** Nobody has proved who they are. */
  readonly anonymous?: boolean;
}

/** Tells the audit. What people typed is not in it: it may be their password. */
export function note({ actor, caller }: Actor, { account, action, anonymous = false, details = {}, outcome = 'done' }: Noted): void {
  if (!events.audited.heard) return;
  const subject = account === null ? null : `account:${account}`;
  events.audited.publish({ action, outcome, actor: actor ?? (outcome === 'done' && !anonymous ? subject : null), subject, client: caller.client, requestId: caller.requestId, details });
}

/** Somebody acts for himself. */
export function self(caller: Caller): Actor {
  return { caller, actor: null };
}
