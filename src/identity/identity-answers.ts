import { compileJsonTemplate, type Getter, type Resolve } from '#libs/transforms';
import type { Account } from './contracts.js';
import type { AnswerName, ShapeSettings, Told } from './shape-settings.js';

type Answers = Readonly<Partial<Record<AnswerName, Getter<Told>>>>;

const USER: Readonly<Record<string, (account: Account) => unknown>> = {
  id: ({ id }) => id,
  login: ({ login }) => login,
  email: ({ email }) => email ?? undefined,
  username: ({ email, login }) => (login === email ? undefined : login),
  name: ({ name }) => name ?? undefined,
  role: ({ roles }) => roles[0],
  roles: ({ roles }) => roles,
  permissions: ({ permissions }) => permissions,
  active: ({ active }) => active,
  verified: ({ verifiedAt }) => verifiedAt !== null,
  createdAt: ({ createdAt }) => new Date(createdAt).toISOString(),
  attributes: ({ attributes }) => attributes,
};

const GRANT: Readonly<Record<string, Getter<Told>>> = {
  accessToken: ({ grant }) => grant?.accessToken,
  refreshToken: ({ grant }) => grant?.refreshToken,
  tokenType: ({ grant }) => (grant === null ? undefined : 'bearer'),
  expiresIn: ({ grant }) => grant?.expiresIn,
  refreshExpiresIn: ({ grant }) => grant?.refreshExpiresIn,
  session: ({ grant }) => grant?.session,
};

const ATTRIBUTE = 'user.attributes.';
const NAMES = [...Object.keys(GRANT), 'user', ...Object.keys(USER).map((name) => `user.${name}`), `${ATTRIBUTE}<name>`];

/** @throws TemplateError when a template has a placeholder that means nothing. */
export function compileAnswers(settings: ShapeSettings): Answers {
  const compile = (template: unknown): Getter<Told> => compileJsonTemplate(template, resolver(settings), NAMES);
  const own = standardAnswers(settings);
  const names = Object.keys({ ...own, ...settings.answers }) as AnswerName[];
  return Object.fromEntries(names.flatMap((name) => {
    const template = settings.answers[name] ?? own[name];
    return template === undefined ? [] : [[name, compile(template)]];
  }));
}

function resolver(settings: ShapeSettings): Resolve<Told> {
  const user = compileJsonTemplate(standardUser(settings), (name) => placeholder(name));
  return (name) => (name === 'user' ? (told) => (told.account === null ? undefined : user(told)) : placeholder(name));
}

function placeholder(name: string): Getter<Told> | undefined {
  if (Object.hasOwn(GRANT, name)) return GRANT[name];
  if (name.startsWith(ATTRIBUTE)) {
    const key = name.slice(ATTRIBUTE.length);
    return ({ account }) => (account !== null && Object.hasOwn(account.attributes, key) ? account.attributes[key] : undefined);
  }
  const key = name.startsWith('user.') ? name.slice('user.'.length) : '';
  const get = Object.hasOwn(USER, key) ? USER[key] : undefined;
  return get && (({ account }) => (account === null ? undefined : get(account)));
}

/** An account as its owner is told, in the platform's names. */
function standardUser({ fields, register }: ShapeSettings): Readonly<Record<string, unknown>> {
  return {
    id: '{user.id}',
    [first(fields.email)]: '{user.email}',
    [first(fields.username)]: '{user.username}',
    [first(fields.name)]: '{user.name}',
    [first(fields.role)]: '{user.role}',
    roles: '{user.roles}',
    created_at: '{user.createdAt}',
    is_active: '{user.active}',
    is_verified: '{user.verified}',
    ...Object.fromEntries(register.attributes.map((name) => [name, `{${ATTRIBUTE}${name}}`])),
  };
}

function standardAnswers({ fields }: ShapeSettings): Readonly<Partial<Record<AnswerName, unknown>>> {
  const signedIn = { access_token: '{accessToken}', [first(fields.refreshToken)]: '{refreshToken}', token_type: '{tokenType}', expires_in: '{expiresIn}', user: '{user}' };
  return { register: signedIn, login: signedIn, refresh: signedIn, me: '{user}', accepted: { status: 'accepted' } };
}

function first(names: readonly string[]): string {
  return names[0] as string;
}
