import { z } from 'zod';
import { listOf } from './values.js';

const requirement = (what: string) =>
  z.union([
    listOf(z.string().min(1)).describe(`Any one of these ${what} suffices.`),
    z.strictObject({
      any: listOf(z.string().min(1)).optional().describe(`Any one of these ${what} suffices.`),
      all: listOf(z.string().min(1)).optional().describe(`All of these ${what} are needed.`),
    }),
  ]);

const param = () => z.string().regex(/^[A-Za-z]\w*$/, { error: 'expected the name of a `:name` segment, without the colon' });

const owner = z.union([
  param().describe('Name of the `:name` segment that must be the caller’s id.'),
  z.strictObject({
    param: param().describe('Name of the `:name` segment.'),
    claim: z.string().min(1).optional().describe('Claim of the caller that it must equal, a dotted path; of a list, one item. Default: the caller’s id.'),
  }),
]);

const shape = {
  roles: requirement('roles').optional().describe('Roles: any one of a list suffices; `{ any, all }` says otherwise.'),
  permissions: requirement('permissions').optional().describe('Permissions, in the same way.'),
  scopes: requirement('scopes').optional().describe('Scopes, in the same way.'),
  owner: owner.optional().describe('Whose it is: `owner: id` asks that the segment `:id` of the path is the caller’s id, `{ param: tenant, claim: tenant_id }` that `:tenant` is a claim of the caller. Compared exactly, percent-encoding read once.'),
};

const alternative = z.strictObject(shape).refine((rule) => Object.values(rule).some((asked) => asked !== undefined), { error: 'expected at least one of roles, permissions, scopes, owner; an alternative that asks for nothing lets everyone in' });

const rule = z.strictObject({
  ...shape,
  anyOf: z.array(alternative).min(1, { error: 'expected at least one alternative; `deny` lets nobody in' }).optional().describe('Alternatives, one of which must hold besides: `[{ owner: id }, { roles: [admin] }]`. Within one, all that it names.'),
});

const any = z.literal('any').describe('Everyone who is authenticated (and has a known role, where `roles.known` lists them).');
const deny = z.literal('deny').describe('Nobody but the superuser.');

const METHODS = /^[A-Z]+(?:,\s*[A-Z]+)*$/;

/** The methods that a key of `methods` names. */
function methodsIn(key: string): readonly string[] {
  return key.split(',').map((method) => method.trim());
}

const methods = z.record(z.string().regex(METHODS, { error: 'expected methods such as GET, or `POST,PUT` for several' }), z.union([any, deny, rule.describe('All of the named requirements must hold.')])).check(({ issues, value }) => {
  const seen = new Map<string, string>();
  for (const key of Object.keys(value)) {
    for (const method of methodsIn(key)) {
      const earlier = seen.get(method);
      if (earlier !== undefined) issues.push({ code: 'custom', input: key, path: [key], message: `${method} has a rule already, at "${earlier}"` });
      seen.set(method, key);
    }
  }
});

/** `authorize:` of a route, a policy or `defaults`. */
export const authorizeSchema = z.union([
  any,
  deny,
  rule.extend({
    methods: methods.optional().describe('Rules by method, each instead of what stands beside it: `{ GET: any, "POST,PUT": { roles: [admin] } }`. A method without one falls back to what stands beside. HEAD goes by GET. Danger: a service that obeys `X-HTTP-Method-Override` does another thing than was asked about; drop that header.'),
  }).describe('All of the named requirements must hold.'),
]);

/** What may be asked of a caller, whatever the method. */
export type RuleConfig = 'any' | 'deny' | z.output<typeof rule>;
export type OwnerConfig = z.output<typeof owner>;
export type AuthorizeConfig = z.output<typeof authorizeSchema>;

/** The rule for methods without one of their own. */
export function ruleBeside(authorize: AuthorizeConfig): RuleConfig {
  if (typeof authorize === 'string') return authorize;
  const { methods: _methods, ...beside } = authorize;
  return beside;
}

/** The rules of methods that have one, by method. */
export function rulesByMethod(authorize: AuthorizeConfig): ReadonlyMap<string, RuleConfig> {
  const written = typeof authorize === 'string' ? [] : Object.entries(authorize.methods ?? {});
  const rules = new Map(written.flatMap(([key, each]) => methodsIn(key).map((method): [string, RuleConfig] => [method, each])));
  const get = rules.get('GET');
  // RFC 9110 9.3.2: HEAD asks for what GET would answer.
  if (get !== undefined && !rules.has('HEAD')) rules.set('HEAD', get);
  return rules;
}

/** Every rule of a setting. */
export function allRules(authorize: AuthorizeConfig): readonly RuleConfig[] {
  return [ruleBeside(authorize), ...rulesByMethod(authorize).values()];
}
