import type { RuleConfig } from '../config/index.js';
import { compileRequirements } from './requirement.js';
import type { Standing } from './roles.js';

const NOWHERE = {};

/** Whether a caller has what a rule asks of roles, as far as roles decide: what else it asks is taken to be met. */
export function rolesSuffice(rule: RuleConfig, standing: Standing): boolean {
  if (standing.superuser || rule === 'any') return true;
  if (rule === 'deny') return false;
  const { anyOf, roles } = rule;
  const met = compileRequirements(roles === undefined ? {} : { roles }).every((requirement) => requirement.met(standing, NOWHERE));
  return met && (anyOf === undefined || anyOf.some((alternative) => rolesSuffice(alternative, standing)));
}

/** Every role that a rule names. */
export function rolesIn(rule: RuleConfig): readonly string[] {
  if (typeof rule === 'string') return [];
  const { anyOf = [], roles } = rule;
  const named = roles === undefined || Array.isArray(roles) ? (roles ?? []) : [...(roles.any ?? []), ...(roles.all ?? [])];
  return [...named, ...anyOf.flatMap(rolesIn)];
}
