export { setAlarm, type Alarm, type Sleeper } from './alarm.js';
export { Answer } from './answer.js';
export { AnswerBody, type BodyControl, type BodySink } from './answer-body.js';
export { systemClock, type Clock, type Random } from './clock.js';
export type {
  AnswerHead, Authenticator, Balancer, Discovery, Finder, Guard, Interceptor, Ledger, Next, ProblemRenderer, Route, Service, Snapshot, StoredAnswers, Timeouts, Transform, WebSocketLimits,
} from './contracts.js';
export { Event, events, type AuditFigures, type AuditNotice, type HandshakeFailure, type IssuerState, type LimitStoreAway, type MessageDue, type MessageFailed, type Purge, type RedisState, type ReloadReport, type RouteExplained, type SpanFigures } from './events.js';
export { Exchange, type Abortable, type Arrival, type CacheOutcome, type Outgoing } from './exchange.js';
export type { Journal, TryNotes } from './journal.js';
export type { LimitReport, OwnLimit, OwnLimits } from './limit-report.js';
export {
  defineAuthenticator, defineBalancer, defineDiscovery, defineGuard, defineInterceptor, defineTransform, ExtensionRegistry,
  type Chosen, type Extension, type ExtensionKind, type ExtensionKinds, type Surroundings,
} from './extension.js';
export { describeFailedCall } from './failed-call.js';
export { HeaderList } from './header-list.js';
export { filePath } from './path-schema.js';
export type { Principal } from './principal.js';
export { defineProblem, Problem, problemCatalogue, type ProblemExtras, type ProblemType } from './problem.js';
export { problems } from './problems.js';
export { Secret } from './secret.js';
export { secretText } from './secret-schema.js';
export type { BreakerChange, BreakerState, BrokenAnswer, DiscoveryState, Hedged, Mirrored, Retry, Shed, TargetChange, TargetProbed, TryFailed } from './service-events.js';
export { Target, type Address, type Placement } from './target.js';
export { readTraceParent, traceFlags, writeTraceParent, type TraceParent } from './traceparent.js';
export { parseDuration, parseShare, parseSize } from './units.js';
