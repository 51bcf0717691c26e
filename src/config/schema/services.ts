import { z } from 'zod';
import type { ExtensionRegistry } from '#libs/kernel';
import { chosen } from './extensions.js';
import { duration, listOf } from './values.js';

const targetUrl = z.string().regex(/^https?:\/\/[^/?#\s]+(?:\/[^?#\s]*)?$/, { error: 'expected an http:// or https:// address without query' });

const target = z.strictObject({
  url: targetUrl.describe('Address, with a base path if the service has one.'),
  weight: z.int().min(1).max(1000).default(1).describe('Share of the traffic relative to the siblings. Default: 1.'),
});

/** `url|weight` as environments carry it. */
const targetText = z.string().transform((text, context) => {
  const [url = '', weight = '1'] = text.split('|').map((part) => part.trim());
  const parsed = target.safeParse({ url, weight: Number(weight) });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ code: 'custom', message: issue.message });
  return z.NEVER;
});

export function serviceSchema(extensions: ExtensionRegistry) {
  return z.strictObject({
    description: z.string().optional().describe('A note for people.'),
    targets: listOf(z.union([targetText, target])).refine((targets) => targets.length > 0, 'expected at least one target').describe(
      'Addresses: objects, or text such as `http://a:8001|3,http://b:8001` with a weight after a bar.',
    ),
    balance: chosen(extensions, 'balancer').prefault({ use: 'p2c' }).describe('How a target is chosen. Default: p2c.'),
    connections: z.strictObject({
      max: z.int().min(1).default(128).describe('Connections to one target at most; further requests wait. Default: 128.'),
      keepAlive: duration().prefault('4s').describe('How long an idle connection stays open; keep it below the service’s own limit. Default: 4s.'),
    }).prefault({}).describe('The connections to each target.'),
    health: z.strictObject({
      path: z.string().regex(/^\//).default('/health').describe('Asked by `/health/services`. Default: /health.'),
      timeout: duration().prefault('5s').describe('Default: 5s.'),
      status: listOf(z.coerce.number().int()).default([200]).describe('Statuses that mean healthy. Default: 200.'),
      json: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).default({}).describe('Fields of a JSON answer that must have these values, e.g. `{ status: healthy }`.'),
    }).prefault({}).describe('How the service is asked whether it is well.'),
    allowPrivate: z.enum(['all', 'no-metadata']).default('no-metadata').describe('Which special networks the addresses may lie in: `no-metadata` refuses link-local and cloud metadata addresses, after DNS. Default: no-metadata.'),
  });
}
