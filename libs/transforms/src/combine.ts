import type { Exchange } from '#libs/kernel';
import { valueAt } from './json-path.js';
import { REQUEST_VARIABLES, requestVariable } from './request-template.js';
import { compileJsonTemplate, type Getter, type Resolve } from './template.js';

/** What an answer is put together from. */
export interface Ingredients {
  readonly exchange: Exchange;
  /** What each call brought, by name; its default where it failed. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of the calls that failed, and the codes of their problems. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Key under which the answer tells what is missing, where no template says how it looks. */
export const MISSING = '_missing';

/**
 * Compiles the body of an answer that several calls make.
 * @param template JSON with placeholders; `undefined` for an object of the calls' names.
 * @param names of the calls.
 * @throws TemplateError for a placeholder that means nothing.
 */
export function compileCombination(template: unknown, names: readonly string[]): Getter<Ingredients> {
  if (template === undefined) return ({ missing, values }) => (Object.keys(missing).length === 0 ? values : { ...values, [MISSING]: missing });
  const allowed = [...names.map((name) => `calls.${name}`), 'calls.<name>.<path>', 'missing', ...REQUEST_VARIABLES];
  return compileJsonTemplate(template, compileVariable(names), allowed);
}

function compileVariable(names: readonly string[]): Resolve<Ingredients> {
  return (variable) => {
    if (variable === 'missing') return ({ missing }) => missing;
    if (variable.startsWith('calls.')) return callVariable(variable.slice('calls.'.length), names);
    const ofRequest = requestVariable(variable);
    return ofRequest && (({ exchange }) => ofRequest(exchange));
  };
}

/** Names may have dots in them, so the longest that fits is meant. */
function callVariable(text: string, names: readonly string[]): Getter<Ingredients> | undefined {
  const [name] = names.filter((each) => text === each || text.startsWith(`${each}.`)).toSorted((a, b) => b.length - a.length);
  if (name === undefined) return undefined;
  if (text === name) return ({ values }) => values[name];
  const path = text.slice(name.length + 1).split('.');
  return ({ values }) => valueAt(values[name], path);
}
