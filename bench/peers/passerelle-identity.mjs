import { passerelle } from '../lib/passerelle.mjs';
import { bearer, callers } from '../lib/tokens.mjs';

export const passerelleIdentity = passerelle({
  name: 'passerelle-identity',
  file: 'identity.yaml',
  headers: callers,
  refuses: [
    { what: 'no token', headers: {}, status: 401 },
    { what: 'a token signed with another key', headers: bearer({ subject: 'x', role: 'teacher', key: 'another' }), status: 401 },
    { what: 'a role the route does not admit', headers: bearer({ subject: 'x', role: 'student' }), status: 403 },
  ],
  logsEveryRequest: true,
});
