import { bearer } from './tokens.mjs';

/** Whom a guarded route has to turn away: a gateway that lets them in is not doing the work it is measured at. */
export const strangers = [
  { what: 'no token', headers: {}, status: 401 },
  { what: 'a token signed with another key', headers: bearer({ subject: 'x', role: 'teacher', key: 'another' }), status: 401 },
  { what: 'a role the route does not admit', headers: bearer({ subject: 'x', role: 'student' }), status: 403 },
];
