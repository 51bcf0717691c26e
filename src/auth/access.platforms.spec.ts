import { Problem } from '#libs/kernel';
import type { RolesConfig, RouteSettings } from '../config/index.js';
import { compileAccess } from './access.js';
import { authenticatorOf, bearer, exchangeWith, signed, StillClock, type JwtInput } from './auth.fixture.js';

const SECRET = 'the secret both platforms share with their services';
const clock = new StillClock();

/** Code of the problem for a call with these claims; `ok` when it passes. */
async function verdict(users: JwtInput, roles: RolesConfig, authorize: RouteSettings['authorize'], claims: object | null): Promise<string> {
  const guard = compileAccess({ authenticate: ['users'], authorize }, { authenticators: new Map([['users', authenticatorOf(users, clock)]]), roles });
  const exchange = claims === null ? exchangeWith() : bearer(signed({ alg: 'HS256' }, { exp: clock.seconds(60), ...claims }, SECRET));
  try {
    await guard.admit(exchange);
    return 'ok';
  } catch (error) {
    if (error instanceof Problem) return error.type.code;
    throw error;
  }
}

describe('a school: admin passes everything, teachers and known roles by route, names in two languages', () => {
  const users: JwtInput = { secret: SECRET, claims: { id: ['user_id', 'sub'] } };
  const roles: RolesConfig = { known: ['admin', 'teacher', 'student', 'parent'], alias: { enseignant: 'teacher', etudiant: 'student' }, implies: {}, superuser: 'admin' };
  const admins = { roles: ['admin'] };
  const teachers = { roles: ['teacher', 'admin'] };

  describe.each<[string, RouteSettings['authorize'], Record<string, string>]>([
    ['/api/v1/users', admins, { admin: 'ok', enseignant: 'forbidden', teacher: 'forbidden', etudiant: 'forbidden', parent: 'forbidden', janitor: 'forbidden' }],
    ['/api/v1/courses', admins, { admin: 'ok', teacher: 'forbidden', student: 'forbidden', parent: 'forbidden', janitor: 'forbidden' }],
    ['/api/v1/attendance', teachers, { admin: 'ok', enseignant: 'ok', teacher: 'ok', etudiant: 'forbidden', parent: 'forbidden', janitor: 'forbidden' }],
    ['/api/v1/messaging', teachers, { admin: 'ok', teacher: 'ok', student: 'forbidden', parent: 'forbidden', janitor: 'forbidden' }],
    ['/api/v1/notifications', 'any', { admin: 'ok', enseignant: 'ok', etudiant: 'ok', parent: 'ok', janitor: 'forbidden' }],
    ['/api/v1/notifications/broadcast', admins, { admin: 'ok', teacher: 'forbidden', student: 'forbidden' }],
    ['/api/v1/stats/class', teachers, { admin: 'ok', teacher: 'ok', parent: 'forbidden' }],
  ])('%s', (_path, authorize, table) => {
    it.each(Object.entries(table))('%s: %s', async (role, expected) => {
      expect(await verdict(users, roles, authorize, { sub: 'ada', user_id: 7, role, type: 'access' })).toBe(expected);
    });

    it('nobody: unauthenticated', async () => {
      expect(await verdict(users, roles, authorize, null)).toBe('unauthenticated');
    });

    it('no role at all: forbidden', async () => {
      expect(await verdict(users, roles, authorize, { sub: 'ada' })).toBe('forbidden');
    });
  });
});

describe('a job board: candidat < recruteur < admin, access tokens only', () => {
  const users: JwtInput = { secret: SECRET, type: { claim: 'type', equals: 'access' } };
  const roles: RolesConfig = { known: ['candidat', 'recruteur', 'admin'], alias: {}, implies: { admin: ['recruteur'], recruteur: ['candidat'] } };

  it.each<[string, RouteSettings['authorize'], readonly string[]]>([
    ['/match', 'any', ['ok', 'ok', 'ok']],
    ['/parse-cv', { roles: ['candidat'] }, ['ok', 'ok', 'ok']],
    ['/match/batch', { roles: ['recruteur'] }, ['forbidden', 'ok', 'ok']],
    ['/match/similar-candidates', { roles: ['recruteur', 'admin'] }, ['forbidden', 'ok', 'ok']],
    ['/match/performance', { roles: ['admin'] }, ['forbidden', 'forbidden', 'ok']],
    ['closed', 'deny', ['forbidden', 'forbidden', 'forbidden']],
  ])('%s', async (_path, authorize, expected) => {
    const seen = await Promise.all(['candidat', 'recruteur', 'admin'].map((role) => verdict(users, roles, authorize, { sub: '7', role, type: 'access' })));
    expect(seen).toEqual(expected);
  });

  it('a refresh token is no access token', async () => {
    expect(await verdict(users, roles, 'any', { sub: '7', type: 'refresh' })).toBe('wrong-token-type');
  });

  it('an expired token is told apart', async () => {
    expect(await verdict(users, roles, 'any', { sub: '7', role: 'admin', type: 'access', exp: clock.seconds(-60) })).toBe('expired-credential');
  });
});
