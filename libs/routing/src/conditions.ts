import type { ConditionSpec, ConditionSpecs, RouteRequest } from './types.js';

export type ConditionSource = 'header' | 'query';

/** One condition on a header or a query parameter, compiled. */
export interface Condition {
  readonly source: ConditionSource;
  readonly name: string;
  /** Whether a request with this value passes; `undefined`: it has none. */
  test(value: string | undefined): boolean;
  /** The only values that pass, where they can be listed. */
  readonly only: readonly string[] | null;
  /** Text that every passing value starts with; empty when there is none. */
  readonly prefix: string;
  readonly pattern: RegExp | null;
  /** `absent`: the condition is that there is no value. */
  readonly wants: 'absent' | 'value';
  /** The condition in words. */
  readonly text: string;
}

/** Compiles the conditions of a route; what is wrong with them goes to `mistakes`. */
export function compileConditions(source: ConditionSource, specs: ConditionSpecs | undefined, mistakes: string[]): Condition[] {
  return Object.entries(specs ?? {}).map(([name, spec]) => {
    const known = source === 'header' ? name.toLowerCase() : name;
    if (typeof spec === 'boolean') return presence(source, known, spec);
    return valued(source, known, typeof spec === 'string' ? { equals: [spec] } : spec, mistakes);
  });
}

function presence(source: ConditionSource, name: string, present: boolean): Condition {
  return {
    source, name, only: null, prefix: '', pattern: null,
    wants: present ? 'value' : 'absent',
    test: (value) => (value !== undefined) === present,
    text: present ? 'to be present' : 'to be absent',
  };
}

type ValueSpec = Exclude<ConditionSpec, string | boolean>;

function valued(source: ConditionSource, name: string, spec: ValueSpec, mistakes: string[]): Condition {
  const { equals, prefix = '' } = spec;
  if (!equals && !spec.matches && prefix === '') mistakes.push(`the condition on ${source} ${name} says nothing: give equals, matches or prefix`);
  const pattern = spec.matches === undefined ? null : wholeMatch(spec.matches, `${source} ${name}`, mistakes);
  const passes = (value: string) => (!equals || equals.includes(value)) && value.startsWith(prefix) && (pattern === null || pattern.test(value));
  const only = equals ? equals.filter(passes) : null;
  if (only?.length === 0) mistakes.push(`the condition on ${source} ${name} can never hold`);
  const texts = [
    ...(equals ? [`to equal ${equals.map((value) => JSON.stringify(value)).join(' or ')}`] : []),
    ...(prefix === '' ? [] : [`to start with ${JSON.stringify(prefix)}`]),
    ...(spec.matches === undefined ? [] : [`to match /${spec.matches}/`]),
  ];
  return {
    source, name, only, prefix, pattern, wants: 'value', text: texts.join(' and '),
    test: (value) => value !== undefined && passes(value),
  };
}

function wholeMatch(expression: string, where: string, mistakes: string[]): RegExp | null {
  try {
    // Alone first: wrapped, an unbalanced expression such as `a)|(b` would pass and mean something else.
    void new RegExp(expression);
    return new RegExp(`^(?:${expression})$`);
  } catch {
    mistakes.push(`the condition on ${where} is not a regular expression: ${expression}`);
    return null;
  }
}

/** What conditions look at; the query is parsed when the first condition asks. */
export class RequestFacts {
  #query: URLSearchParams | null = null;

  constructor(readonly request: RouteRequest) {}

  /** The first value of a header or query parameter, decoded; `undefined` when there is none. */
  value(source: ConditionSource, name: string): string | undefined {
    if (source === 'query') {
      this.#query ??= new URLSearchParams(this.request.query);
      return this.#query.get(name) ?? undefined;
    }
    const field = this.request.headers[name];
    // Not merely `?? undefined`: a header called "constructor" finds a function where it is absent.
    return typeof field === 'string' ? field : Array.isArray(field) ? (field[0] as string | undefined) : undefined;
  }

  holds(condition: Condition): boolean {
    return condition.test(this.value(condition.source, condition.name));
  }
}
