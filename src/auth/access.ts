import type { Authenticator, Exchange, Guard, Principal } from '#libs/kernel';
import { askedOf, type AuthorizeConfig, type RouteSettings, type RuleConfig } from '../config/index.js';
import { compileConjunction, compileScrubs, compileUnauthenticated, identify, type Named, type Scrub } from './identify.js';
import { compileJudge, compileRules, requirementsOn, type AccessContext } from './judge.js';

export type { AccessContext } from './judge.js';

type AccessSettings = Pick<RouteSettings, 'authenticate' | 'authorize'>;

/** What the code of a controller asks besides the file. */
export interface Demand {
  /** Nobody has to be known, whatever the file asks. */
  readonly open: boolean;
  readonly rule: RuleConfig;
}

/** The guard of step 3. A principal that is there already (an offline test) is only judged. */
export class AccessGuard implements Guard {
  readonly admit: Guard['admit'];

  constructor(
    private readonly settings: AccessSettings,
    private readonly context: AccessContext,
    besides: RuleConfig = 'any',
  ) {
    this.admit = compileAdmission(settings, context, besides);
    Object.freeze(this);
  }

  /**
   * The same guard where code asks for something too. What it asks is judged of somebody: a file that makes the endpoint
   * public only opens what has no demands. Code that is open to everyone still needs what the file wants of `all`.
   * @throws Error when there is nobody who could meet them, for the file has no authenticator.
   */
  under({ open, rule }: Demand): AccessGuard {
    const everyone = [...this.context.authenticators.keys()];
    const asked = askedOf(this.settings.authenticate, everyone);
    if (!open) return new AccessGuard({ ...this.settings, authenticate: asked === null ? everyone : this.settings.authenticate }, this.context, rule);
    return new AccessGuard({ authenticate: asked === null ? 'none' : { any: [...asked.any], all: [...asked.all], optional: true }, authorize: 'any' }, this.context);
  }
}

/**
 * Compiles `authenticate` and `authorize` of a route to the guard of step 3. It writes `exchange.principal` before it
 * judges, so that the log of a refusal knows who was refused.
 * @throws Error when an authenticator does not exist, or a route that is not public has none.
 */
export function compileAccess(settings: AccessSettings, context: AccessContext): AccessGuard {
  return new AccessGuard(settings, context);
}

function compileAdmission(settings: AccessSettings, context: AccessContext, besides: RuleConfig): Guard['admit'] {
  const { authenticators } = context;
  const scrub = compileScrubs(authenticators);
  const asked = askedOf(settings.authenticate, [...authenticators.keys()]);
  if (asked === null) return (exchange) => scrub?.(exchange);
  const [any, needed] = [candidatesOf(asked.any, authenticators), candidatesOf(asked.all, authenticators)];
  const all = needed.filter(([, { off = false }]) => !off);
  const candidates = someOf([...any, ...needed]);
  // Nobody is asked any more where all that would be are turned off.
  const optional = asked.optional || any.length + all.length === 0;
  const recognise = all.length === 0 ? (exchange: Exchange) => identify(exchange, any) : compileConjunction(all, any, asked.optional);
  const enter = compileEntry({ candidates: any.length === 0 ? needed : any, optional, scrub }, settings.authorize, besides, context);
  const leave = (exchange: Exchange, error: unknown): never => {
    scrub?.(exchange);
    throw error;
  };
  return (exchange) => {
    if (exchange.principal !== null) return enter(exchange, accepted(exchange.principal, candidates));
    let found;
    try {
      found = recognise(exchange);
    } catch (error) {
      return leave(exchange, error);
    }
    if (!(found instanceof Promise)) return enter(exchange, found);
    return found.then((principal) => enter(exchange, principal), (error: unknown) => leave(exchange, error));
  };
}

interface Entry {
  /** Those to name where nobody is recognised. */
  readonly candidates: readonly Named[];
  readonly optional: boolean;
  readonly scrub: Scrub | null;
}

/** What happens once it is known who is calling, if anybody is. */
function compileEntry({ candidates, optional, scrub }: Entry, authorize: AuthorizeConfig, besides: RuleConfig, context: AccessContext): (exchange: Exchange, principal: Principal | null) => void {
  const rules = compileRules(authorize, besides);
  const judge = compileJudge(rules, context, optional);
  const unauthenticated = compileUnauthenticated(candidates);
  return (exchange, principal) => {
    scrub?.(exchange);
    if (principal !== null) return judge(exchange, principal);
    if (!optional || requirementsOn(rules, exchange.method).length > 0) throw unauthenticated(exchange);
  };
}

function accepted(principal: Principal, candidates: readonly Named[]): Principal | null {
  return candidates.some(([name]) => name === principal.authenticator) ? principal : null;
}

function candidatesOf(wanted: readonly string[], all: ReadonlyMap<string, Authenticator>): readonly Named[] {
  return wanted.map((name): Named => {
    const authenticator = all.get(name);
    if (!authenticator) throw new Error(`authenticate: there is no authenticator "${name}"; the file has ${[...all.keys()].join(', ') || 'none'}`);
    return [name, authenticator];
  });
}

function someOf(candidates: readonly Named[]): readonly Named[] {
  if (candidates.length > 0) return candidates;
  throw new Error('authenticate: there is no authenticator to ask; define one at the top of the file, or write `authenticate: none` to make this public');
}
