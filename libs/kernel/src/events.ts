import { channel, type Channel } from 'node:diagnostics_channel';
import type { Service } from './contracts.js';
import type { Exchange } from './exchange.js';
import type { Secret } from './secret.js';
import type { BreakerChange, Retry, TargetChange, TargetProbed, TryFailed, DiscoveryState, BrokenAnswer, Mirrored, Shed, Hedged } from './service-events.js';

/** A typed event over diagnostics_channel: publishing costs one comparison when nobody listens. */
export class Event<T> {
  readonly #channel: Channel;

  constructor(readonly name: string) {
    this.#channel = channel(`passerelle:${name}`);
  }

  get heard(): boolean {
    return this.#channel.hasSubscribers;
  }

  publish(message: T): void {
    if (this.#channel.hasSubscribers) this.#channel.publish(message);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (message: T) => void): () => void {
    const wrapped = (message: unknown): void => listener(message as T);
    this.#channel.subscribe(wrapped);
    return () => this.#channel.unsubscribe(wrapped);
  }
}

/** The four outcomes of a reload. */
export interface ReloadReport {
  readonly file: string;
  /** Hash of the effective configuration; empty when it could not be loaded. */
  readonly version: string;
  /** What is wrong, one line each; empty when all is well. */
  readonly errors: readonly string[];
}

/** Counters could not be asked, so a limit was judged without them. */
export interface LimitStoreAway {
  readonly exchange: Exchange;
  /** Name of the limit. */
  readonly limit: string;
  /** What the file says to do then. */
  readonly away: 'local' | 'allow' | 'deny';
}

/** Redis was lost, or found again. */
export interface RedisState {
  /** Why it cannot be asked; `null` when it can. */
  readonly away: string | null;
}

/** The database was lost, or found again. */
export interface DatabaseState {
  /** Why it cannot be asked; `null` when it can. */
  readonly away: string | null;
}

/** An issuer of credentials was lost, or found again. */
export interface IssuerState {
  /** Its address. */
  readonly issuer: string;
  /** Why it cannot be asked; `null` when it can. */
  readonly away: string | null;
  /** How old what is known of it is, in milliseconds; `null` where nothing is. */
  readonly age: number | null;
}

/** A client came to the port of TLS, and nothing came of it. */
export interface HandshakeFailure {
  /**
   * `client-certificate`: it showed none, or none that is accepted. `refused-by-client`: it does not trust ours.
   * `nothing-in-common`: versions, ciphers or protocols. `no-tls`: it speaks something else. `closed`: it left.
   */
  readonly reason: 'client-certificate' | 'refused-by-client' | 'nothing-in-common' | 'no-tls' | 'timeout' | 'closed' | 'other';
  /** Address of the peer; `null` where the connection is over already. */
  readonly client: string | null;
  /** In OpenSSL's words, or Node's. */
  readonly detail: string;
}

/** Something was taken out of the cache before its time; `records` is -1 where nobody counted. */
export interface Purge {
  readonly what: 'key' | 'prefix' | 'tag';
  readonly records: number;
}

/** Something that an auditor wants to know of. No secret, no password and no token in it, ever. */
export interface AuditNotice {
  /** What was done, dotted, e.g. `login`, `token.reuse`, `key.create`, `access`, `configuration.apply`. */
  readonly action: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Who did it: `authenticator:id` of a principal, `account:id`, or `null` where nobody is known. */
  readonly actor: string | null;
  /** What it was done to, e.g. `account:42`, `key:k_1`, `route:students`. */
  readonly subject: string | null;
  /** Address of the client; `null` where there was none. */
  readonly client: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** What became of what was to be audited, since the process began. */
export interface AuditFigures {
  readonly entries: number;
  /** Counted in another entry, for they were the same. */
  readonly merged: number;
  /** Lost: there was no room for them. */
  readonly dropped: number;
  /** Bytes that are not in the database yet. */
  readonly spooled: number;
}

/** What became of spans, since the process began. */
export interface SpanFigures {
  readonly exported: number;
  /** There was no room for them. */
  readonly dropped: number;
  /** The collector did not take them. */
  readonly failed: number;
}

/** Why a request got its route. */
export interface RouteExplained {
  readonly exchange: Exchange;
  readonly version: string | null;
  /** Routes that lead to its path too, and why each did not get it. */
  readonly others: readonly string[];
}

/** Somebody is to get a message. Whoever listens may send it; the gateway itself does so by SMTP where the file says how. */
export interface MessageDue {
  /** Prove an address, choose a new password, or hear that somebody wanted to make the account again. */
  readonly kind: 'verify' | 'reset' | 'existing';
  readonly account: { readonly id: string; readonly login: string; readonly email: string | null; readonly name: string | null };
  /** What the receiver has to bring back; `null` where there is nothing to prove. */
  readonly token: Secret | null;
  /** Where the file says that it leads, the token in it. */
  readonly link: Secret | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

/** A message came to nothing. */
export interface MessageFailed {
  readonly kind: MessageDue['kind'];
  readonly account: string;
  readonly why: string;
  /** Whether it is tried again. */
  readonly again: boolean;
}

/** Everything rooms tell each other. Listeners never call back into the room that published. */
export const events = {
  exchangeOpened: new Event<Exchange>('exchange:opened'),
  /** One of our own controllers has done what it was asked, and nothing of its answer has left; `status` says how it went. */
  endpointAnswering: new Event<Exchange>('endpoint:answering'),
  /** Just before it is closed: every slot is final but `sampled` and `spanId`, for whoever exports traces has the last word on them now. */
  exchangeClosing: new Event<Exchange>('exchange:closing'),
  /** After the last byte was handed over, or the client left; every slot is final. */
  exchangeClosed: new Event<Exchange>('exchange:closed'),
  /** It is looked at; of the four outcomes one may follow, or none where nothing has changed. */
  configurationLoading: new Event<Pick<ReloadReport, 'file'>>('configuration:loading'),
  configurationLoaded: new Event<ReloadReport>('configuration:loaded'),
  configurationLoadFailed: new Event<ReloadReport>('configuration:load-failed'),
  configurationApplied: new Event<ReloadReport>('configuration:applied'),
  configurationApplyFailed: new Event<ReloadReport>('configuration:apply-failed'),
  audited: new Event<AuditNotice>('audited'),
  auditChanged: new Event<AuditFigures>('audit:changed'),
  /** It bears a valid debug header, and what is decided on it is told in the log. */
  exchangeDebugged: new Event<Exchange>('exchange:debugged'),
  routeExplained: new Event<RouteExplained>('route:explained'),
  /** How many lines of the log came to nothing since the process began: nobody read what was written. */
  logLinesDropped: new Event<number>('log:lines-dropped'),
  spansChanged: new Event<SpanFigures>('spans:changed'),
  messageDue: new Event<MessageDue>('message:due'),
  messageFailed: new Event<MessageFailed>('message:failed'),
  breakerChanged: new Event<BreakerChange>('breaker:changed'),
  retryScheduled: new Event<Retry>('retry:scheduled'),
  /** Another try would have followed, but the budget of the service is used up. */
  retryBudgetExhausted: new Event<{ readonly exchange: Exchange; readonly service: string }>('retry:budget-exhausted'),
  tryFailed: new Event<TryFailed>('try:failed'),
  limitStoreAway: new Event<LimitStoreAway>('limit:store-away'),
  redisChanged: new Event<RedisState>('redis:changed'),
  databaseChanged: new Event<DatabaseState>('database:changed'),
  issuerChanged: new Event<IssuerState>('issuer:changed'),
  handshakeFailed: new Event<HandshakeFailure>('handshake:failed'),
  cachePurged: new Event<Purge>('cache:purged'),
  requestShed: new Event<Shed>('request:shed'),
  requestHedged: new Event<Hedged>('request:hedged'),
  requestMirrored: new Event<Mirrored>('request:mirrored'),
  /** `duration` is in milliseconds. */
  targetEjected: new Event<TargetChange & { readonly duration: number }>('target:ejected'),
  /** By the clock, or because somebody wanted to know. */
  targetProbed: new Event<TargetProbed>('target:probed'),
  /** Probes found it well or not; `message` says why not. */
  targetHealthChanged: new Event<TargetChange & { readonly healthy: boolean; readonly message: string | null }>('target:health-changed'),
  /** Targets of a service in force came, went or got another place. */
  targetsChanged: new Event<Service>('targets:changed'),
  /** A registry was lost, or found again. */
  discoveryChanged: new Event<DiscoveryState>('discovery:changed'),
  answerBroken: new Event<BrokenAnswer>('answer:broken'),
  targetReadmitted: new Event<TargetChange>('target:readmitted'),
} as const;
