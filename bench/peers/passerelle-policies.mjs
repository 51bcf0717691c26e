import { passerelle } from '../lib/passerelle.mjs';
import { strangers } from '../lib/refusals.mjs';
import { callers } from '../lib/tokens.mjs';

export const passerellePolicies = passerelle({ name: 'passerelle-policies', file: 'policies.yaml', headers: callers, refuses: strangers, logsEveryRequest: true });
