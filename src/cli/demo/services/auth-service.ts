import { z } from 'zod';
import { userSchema } from '../model.js';
import { readBody } from '../toolkit/body.js';
import { created, type Handler, Refusal } from '../toolkit/call.js';
import { Accounts, profile } from './accounts.js';
import type { DemoService, Surroundings } from './demo-service.js';

const base = '/api/v1/auth';
const loginSchema = z.object({ username: z.string(), password: z.string() });
const registrationSchema = userSchema.extend({
  password: z.string().min(8).max(200),
  role: userSchema.shape.role.default('etudiant'),
});
const refreshSchema = z
  .object({ refresh_token: z.string(), refreshToken: z.string() })
  .partial()
  .refine((body) => body.refresh_token ?? body.refreshToken, { path: ['refresh_token'], error: 'Field required' })
  .transform((body) => body.refresh_token ?? body.refreshToken ?? '');

/** Nobody makes themselves a teacher or an admin; an admin may make anyone anything. */
function registration(accounts: Accounts): Handler {
  return async ({ request }) => {
    const { password, ...user } = await readBody(request, registrationSchema);
    const selfAssigned = user.role === 'etudiant' || user.role === 'parent';
    if (!selfAssigned && (await accounts.bearer(request)).role !== 'admin') {
      throw new Refusal(403, 'Réservé à l’administrateur');
    }
    return created(profile(accounts.register(user, password)));
  };
}

/** Serves `/api/v1/auth` itself. All but login, refresh and register needs the Authorization header forwarded. */
export function authService(around: Surroundings): DemoService {
  const accounts = new Accounts(around);
  const me: Handler = async ({ request }) => profile(await accounts.bearer(request));
  const refresh: Handler = async ({ request }) => accounts.refresh(await readBody(request, refreshSchema));
  return {
    description: 'Comptes et jetons',
    routes: {
      [`POST ${base}/login`]: async ({ request }) => {
        const { username, password } = await readBody(request, loginSchema);
        return accounts.login(username, password);
      },
      [`POST ${base}/refresh`]: refresh,
      [`POST ${base}/refresh-token`]: refresh,
      [`POST ${base}/logout`]: async ({ request }) => {
        await accounts.bearer(request);
        accounts.logout(await readBody(request, refreshSchema));
        return { message: 'Déconnexion réussie' };
      },
      [`POST ${base}/register`]: registration(accounts),
      [`GET ${base}/roles/me`]: me,
      [`GET ${base}/me`]: me,
      [`GET ${base}/profile`]: me,
      [`GET ${base}/roles/check`]: async ({ request, query }) => {
        const { role } = await accounts.bearer(request);
        return { role, allowed: role === 'admin' || role === query.get('role') };
      },
    },
  };
}
