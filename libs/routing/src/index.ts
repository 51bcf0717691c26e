export type { ConditionSource } from './conditions.js';
export type { Explanation, Verdict } from './explain.js';
export { normalisePath, type NormalPath } from './normalise-path.js';
export { describeReason, type LossReason } from './reason.js';
export { RouteTable } from './route-table.js';
export type { PrecedenceRule } from './specificity.js';
export type { ConditionSpec, ConditionSpecs, Match, RouteEntry, RouteMatch, RouteMistake, RouteRequest, SearchCost, VersionsSpec } from './types.js';
export type { UnsafePath, UnsafeReason } from './unsafe-path.js';
