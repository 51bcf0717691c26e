import { passerelle } from '../lib/passerelle.mjs';
import { strangers } from '../lib/refusals.mjs';
import { callers } from '../lib/tokens.mjs';

export const passerelleIdentity = passerelle({ name: 'passerelle-identity', file: 'identity.yaml', headers: callers, refuses: strangers, logsEveryRequest: true });
