import { compileVariants, cookieValue } from '#libs/balancing';
import type { Answer, Exchange, Interceptor, Next, Random } from '#libs/kernel';
import type { SplitCondition, SplitConfig } from '../../config/index.js';
import type { CompileRequest } from '../compile.js';

/** One side of a split, compiled. */
interface Variant {
  readonly name: string;
  /** `null` for the service of the route. */
  readonly call: Next | null;
  readonly holds: Test | null;
}

type Test = (exchange: Exchange) => boolean;

/** Chooses for a request that meets no condition; may leave a note in the answer. */
interface Sticking {
  pick(exchange: Exchange): number;
  answered?(exchange: Exchange, variant: string, answer: Answer): void;
}

/** `split:` gives each request one of the variants, and keeps its caller there. */
export const split: CompileRequest = ({ call, name, settings, surroundings: { random } }): Interceptor | null => {
  const chosen = settings.split;
  if (chosen === undefined) return null;
  const variants = Object.entries(chosen.variants).map(([variant, { to, when }]): Variant => ({ name: variant, call: to === undefined ? null : call(to), holds: compileWhen(when) }));
  const sticking = chosen.by === 'cookie' ? byCookie(chosen, name, random) : byKey(chosen, random);
  return {
    async intercept(exchange, next) {
      const met = variants.findIndex(({ holds }) => holds?.(exchange) === true);
      const variant = variants[met === -1 ? sticking.pick(exchange) : met] as Variant;
      exchange.variant = variant.name;
      const answer = await (variant.call ?? next)(exchange);
      if (met === -1) sticking.answered?.(exchange, variant.name, answer);
      if (chosen.answer !== undefined) answer.headers.set(chosen.answer, variant.name);
      return answer;
    },
  };
};

function weights({ salt, variants }: SplitConfig) {
  return compileVariants(Object.entries(variants).map(([name, { weight }]) => ({ name, weight })), salt);
}

/** What a caller cannot change without becoming another one decides. */
function byKey(config: SplitConfig, random: Random): Sticking {
  const choice = weights(config);
  if (config.by === 'random') return { pick: () => choice.draw(random) };
  const keyOf = compileKey(config.by);
  return { pick: (exchange) => choice.of(keyOf(exchange)) };
}

function compileKey(by: string): (exchange: Exchange) => string {
  if (by === 'ip') return ({ client }) => client;
  if (by === 'user') return ({ client, principal }) => principal?.id ?? client;
  const header = by.slice('header:'.length).toLowerCase();
  return ({ client, headers }) => textOf(headers[header]) ?? client;
}

/** The cookie holds the name of the variant: who makes one up gets to one they could have got anyway. */
function byCookie(config: SplitConfig, route: string, random: Random): Sticking {
  const choice = weights(config);
  const names = Object.keys(config.variants);
  const alive = Object.values(config.variants).map(({ weight }) => weight > 0);
  const name = config.cookie.name ?? `passerelle_split_${route}`;
  const age = config.cookie.maxAge === undefined ? '' : `; Max-Age=${Math.ceil(config.cookie.maxAge / 1_000)}`;
  return {
    pick(exchange) {
      const known = names.indexOf(cookieValue(exchange.headers.cookie, name));
      return known !== -1 && alive[known] ? known : choice.draw(random);
    },
    answered(exchange, variant, { headers }) {
      if (cookieValue(exchange.headers.cookie, name) === variant) return;
      headers.append('Set-Cookie', `${name}=${variant}${age}; Path=/; HttpOnly; SameSite=Lax${exchange.scheme === 'https' ? '; Secure' : ''}`);
    },
  };
}

function compileWhen(conditions: readonly SplitCondition[] | undefined): Test | null {
  if (conditions === undefined) return null;
  const all = conditions.map(compileCondition);
  return (exchange) => all.some((holds) => holds(exchange));
}

function compileCondition({ cookie = {}, header = {}, role }: SplitCondition): Test {
  const tests = [
    ...Object.entries(header).map(([name, wanted]): Test => {
      const [lower, passes] = [name.toLowerCase(), compileValue(wanted)];
      return ({ headers }) => passes(textOf(headers[lower]));
    }),
    ...Object.entries(cookie).map(([name, wanted]): Test => {
      const passes = compileValue(wanted);
      return ({ headers }) => passes(cookieValue(headers.cookie, name) || undefined);
    }),
    ...(role === undefined ? [] : [({ principal }: Exchange) => principal?.roles.some((each) => role.includes(each)) ?? false]),
  ];
  return (exchange) => tests.every((holds) => holds(exchange));
}

function compileValue(wanted: boolean | readonly string[]): (value: string | undefined) => boolean {
  return typeof wanted === 'boolean' ? (value) => (value !== undefined) === wanted : (value) => value !== undefined && wanted.includes(value);
}

/** Not merely the field: a header called "constructor" finds a function where it is absent. */
function textOf(field: unknown): string | undefined {
  if (Array.isArray(field)) return field[0] as string | undefined;
  return typeof field === 'string' && field !== '' ? field : undefined;
}
