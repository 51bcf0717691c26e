import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { duration } from './options.js';

/** Consul itself waits no longer. */
const LONGEST_WAIT = 600_000;

const serviceName = z.string().regex(/^[A-Za-z0-9_][\w.-]*$/, { error: 'expected the name of a service in Consul' });
const tag = z.string().min(1, { error: 'expected a tag, got empty text' });

/** Options of the `consul` discovery. */
export const consulOptions = z.strictObject({
  service: serviceName.optional().describe('Its name in Consul. Default: the name it has here.'),
  address: z.string().regex(/^https?:\/\/[^/?#\s@]+(?:\/[^?#\s]*)?$/, { error: 'expected an http:// or https:// address without user and query' }).default('http://127.0.0.1:8500').describe(
    'Of an agent of Consul, best the one on this machine; e.g. `${CONSUL_HTTP_ADDR:-http://127.0.0.1:8500}`. A certificate of an own authority is trusted by NODE_EXTRA_CA_CERTS. Danger: whoever answers there decides where requests go, and a token goes there in plain over http. Default: http://127.0.0.1:8500.',
  ),
  token: secretText().optional().describe(
    'ACL token with `service:read` for the service and `node:read`. Danger: to a token without these rights, Consul before 1.11 answers that there are no instances, and says no more. Default: none.',
  ),
  datacenter: z.string().regex(/^[\w-]+$/, { error: 'expected the name of a data centre' }).optional().describe('Data centre to look in. Default: that of the agent.'),
  tags: z.union([tag.transform((one) => [one]), z.array(tag)]).default([]).describe('Tags that an instance must have, all of them. Default: none.'),
  passing: z.boolean().default(true).describe(
    'Which instances get requests: `true` for those whose checks all pass, `false` also for those with a warning, by the weight that they have then. One with a failing check never does. Default: true.',
  ),
  scheme: z.enum(['http', 'https']).default('http').describe('Scheme of instances whose metadata has no `scheme`. Default: http.'),
  path: z.string().regex(/^(?:\/[^?#\s]*)?$/, { error: 'expected a path that starts with "/"' }).default('').describe('Base path of instances whose metadata has no `path`. Default: none.'),
  zone: z.string().min(1, { error: 'expected the name of a field' }).default('zone').describe(
    'Field of the metadata that holds the zone: of the instance’s own, else of the machine it runs on. `datacenter` is the data centre where there is no such field. Default: zone.',
  ),
  wait: duration().refine((ms) => ms <= LONGEST_WAIT, { error: 'expected 10m at most' }).prefault('5m').describe(
    'How long Consul may hold back an answer that brings nothing new; changes come at once. Keep it below what proxies in between allow. Default: 5m.',
  ),
}).describe('A service in the catalogue of Consul, by blocking queries. Consul’s weights count; `scheme`, `path`, `zone` and `priority` in an instance’s metadata say more about it.');

export type ConsulOptions = z.output<typeof consulOptions>;
