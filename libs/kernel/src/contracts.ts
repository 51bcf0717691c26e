import type { Answer } from './answer.js';
import type { Exchange } from './exchange.js';
import type { HeaderList } from './header-list.js';
import type { Principal } from './principal.js';
import type { Problem, ProblemType } from './problem.js';
import type { Address, Target } from './target.js';

/** Vetoes. Called once per request, before anything is forwarded; a WebSocket upgrade passes the same ones. */
export interface Guard {
  /** Returns to let the exchange through; throws (or rejects with) a Problem to refuse it. */
  admit(exchange: Exchange): void | Promise<void>;
  /** It needs to know no caller, and is asked before anybody is asked who they are. */
  readonly early?: boolean;
}

/** Passes the exchange on to what is inside the present interceptor; the innermost is the forwarder. */
export type Next = (exchange: Exchange) => Promise<Answer>;

/** Wraps the forwarding of an exchange. */
export interface Interceptor {
  /** Called once per request (or per try, inside the retry). May answer itself, or edit what goes in and comes back. */
  intercept(exchange: Exchange, next: Next): Promise<Answer>;
}

/** Chooses a target. */
export interface Balancer {
  /** Called once per try, never with an empty list. */
  pick(candidates: readonly Target[], exchange: Exchange): Target;
  /** Called once per answer of a target; may add fields. */
  answered?(exchange: Exchange, answer: Answer): void;
}

/** Recognises one kind of credential. */
export interface Authenticator {
  /** Called until one authenticator answers. `null`: no credential of mine here. Throws a Problem for a bad one. */
  authenticate(exchange: Exchange): Principal | null | Promise<Principal | null>;
  /** Value of `WWW-Authenticate` when nobody authenticated, e.g. `Bearer`. */
  readonly challenge: string;
  /**
   * Whether the credential here, by what it says itself, is for somebody else: others are asked first then. Nothing of it is
   * checked. Default: it never is.
   */
  foreign?(exchange: Exchange): boolean;
  /** What is wrong where this one is needed and found nothing. Default: `unauthenticated`. */
  readonly missing?: ProblemType;
  /** The file has turned it off: it recognises nobody, and nobody needs it. */
  readonly off?: boolean;
  /** Called once access is decided, on routes that do not ask this authenticator too: cuts its credentials out of the query and the cookies. */
  scrub?(exchange: Exchange): void;
}

/** Edits the request before it leaves, or the answer before it goes back. */
export interface Transform {
  /** Called once per request, with `exchange.outgoing` set. */
  request?(exchange: Exchange): void | Promise<void>;
  /** Called once per answer. */
  response?(exchange: Exchange, answer: Answer): void | Promise<void>;
}

/** Turns a problem into an answer, in the shape the platform's clients know. */
export interface ProblemRenderer {
  render(problem: Problem, exchange: Exchange): Answer;
}

/** Adds what the gateway itself says to an answer: CORS, security headers, request id. */
export interface AnswerHead {
  apply(exchange: Exchange, headers: HeaderList): void;
}

/** Everything compiled from one configuration, swapped whole on a reload. */
export interface Snapshot {
  /** Hash of the configuration it was compiled from. */
  readonly hash: string;
  /** Called once per request, step 2: writes `route`, `params` and, where nothing matches, `refusal`. */
  route(exchange: Exchange): void;
}

/** A named upstream: its targets and the balancer over them. */
export interface Service {
  readonly name: string;
  /** Those there are now. Another list whenever one comes, goes or gets another place; a list itself never changes. */
  readonly targets: readonly Target[];
  readonly balancer: Balancer;
}

/** Finds the targets of a service, and goes on looking. */
export interface Discovery {
  /**
   * Called once. Begins to look, and tells the finder what it finds, until the function it returns is called. Never
   * throws for what a registry does: that is `lost`.
   */
  watch(finder: Finder): () => void;
}

/** Who is told what a discovery finds. */
export interface Finder {
  /** The registry's whole list, each time it is another one, and each time the registry answers again after it was lost. */
  found(addresses: readonly Address[]): void;
  /** The registry cannot be asked, or what it says makes no sense; `why` is for people. The last known targets stay. */
  lost(why: string): void;
}

/** Limits in milliseconds; 0 for none. */
export interface Timeouts {
  readonly connect: number;
  readonly firstByte: number;
  readonly idle: number;
  readonly total: number;
  /** For the client to take what is ready for it. */
  readonly write: number;
  /** Silence on an event stream or a WebSocket. */
  readonly stream: number;
}

/** Limits of the client's side of a WebSocket. */
export interface WebSocketLimits {
  /** Bytes a frame may announce; `Infinity` for no limit. */
  readonly maxFrame: number;
  /** Milliseconds of silence after which the client is pinged; 0 for never. */
  readonly ping: number;
}

/** Is told how tries of a service end. */
export interface Ledger {
  /**
   * Called once per try, when nothing more can come of it. What it met is the status of its answer, or the problem there
   * was instead or in the middle of it.
   */
  ended(exchange: Exchange, target: Target, met: number | Problem): void;
}

/** Answers that a route has at hand. */
export interface StoredAnswers {
  /** Called once per request, before anybody is asked who they are; nothing may come of it yet. `null` where there is none. */
  find(exchange: Exchange): Answer | null;
  /** Called before it is sent: what interceptors outside of the store do to an answer on its way back. */
  finish(exchange: Exchange, answer: Answer): Answer | Promise<Answer>;
}

/** A compiled route: frozen, built when a snapshot is loaded, every slot ready to run. */
export interface Route {
  readonly name: string;
  /** The first path pattern; the label for metrics, logs and traces. */
  readonly template: string;
  /** What the file says of it besides, by name, for logs and templates. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where it leads: a service, or a built-in endpoint, with one operation of it after a `/` where it is for that alone. */
  readonly service: Service | null;
  readonly endpoint: string | null;
  /** Step 3 in order: guards that need no caller, authentication with authorisation, whether it may upgrade, media types, guards of plugins. */
  readonly guards: readonly Guard[];
  /** Step 4: too often? `null` where there is no limit. What step 3 refuses takes nothing from it. */
  readonly limit: Guard | null;
  /** What can be answered without them, once step 4 has let it through; `null` where nothing is kept. */
  readonly stored: StoredAnswers | null;
  /** Steps 6 to 8: the route's interceptors around the forwarder. */
  readonly handle: Next;
  readonly timeouts: Timeouts;
  /** Bytes a request body may have; `Infinity` for no limit. */
  readonly bodyLimit: number;
  /** What holds on a WebSocket once it stands; `null` where upgrades are refused. */
  readonly websocket: WebSocketLimits | null;
  readonly head: AnswerHead;
  readonly problems: ProblemRenderer;
}
