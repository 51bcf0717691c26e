import { defineProblem } from './problem.js';

/** Accounts, sessions and keys of the gateway's own. By status. */
export const accountProblems = {
  accountInactive: defineProblem({
    code: 'account-inactive', status: 403, title: 'The account is closed',
    help: 'The password is right, but an administrator has closed the account. Only they can open it again.',
  }),
  accountUnverified: defineProblem({
    code: 'account-unverified', status: 403, title: 'The address is not verified',
    help: 'The password is right, but nobody has proved yet that the e-mail address of the account is theirs (`identity.register.verify: required`). Follow the link of the mail, or ask for another one (`verify/request`).',
  }),
  registrationClosed: defineProblem({
    code: 'registration-closed', status: 403, title: 'Nobody can register here',
    help: 'Accounts are made by an administrator only (`identity.register.open: off`).',
  }),
  unknownAccount: defineProblem({
    code: 'unknown-account', status: 404, title: 'No such account',
    help: 'There is no account of that id.',
  }),
  unknownKey: defineProblem({
    code: 'unknown-key', status: 404, title: 'No such key',
    help: 'There is no API key of that id, or it ended more than 30 days ago.',
  }),
  unknownSession: defineProblem({
    code: 'unknown-session', status: 404, title: 'No such session',
    help: 'There is no session of that id, it is over, or it belongs to somebody else.',
  }),
  accountExists: defineProblem({
    code: 'account-exists', status: 409, title: 'There is such an account already',
    help: 'The e-mail address or the name is taken. Sign in, or ask for a new password. `identity.register.existing: silent` keeps that a secret.',
  }),
  spentToken: defineProblem({
    code: 'spent-token', status: 422, title: 'The token is not good any more',
    help: 'The token of a mail is unknown, too old, was used already, or a newer one was asked for: only the newest counts, and only once. Ask for another mail.',
  }),
  accountLocked: defineProblem({
    code: 'account-locked', status: 429, title: 'Too many wrong passwords',
    help: 'Too many wrong passwords in a row were tried for this login (`identity.lockout`), whether there is such an account or not. Wait for `Retry-After`; until then not even the right password is looked at. A new password by mail ends it at once.',
  }),
  passwordsBusy: defineProblem({
    code: 'passwords-busy', status: 503, title: 'Too many passwords are to be checked',
    help: 'Checking a password costs much on purpose; so many at once have to wait for each other (`identity.password.hash`), and the line is full. Repeat the request after `Retry-After`.',
  }),
  databaseAway: defineProblem({
    code: 'database-away', status: 503, title: 'The database cannot be asked now',
    help: 'What was asked for needs the database, and it is not there, or takes longer than `database.timeout`. What does not need it goes on. Repeat the request after `Retry-After`; the log tells why it is away.',
  }),
} as const;
