import type { EndpointKind } from '../schema/endpoints.js';
import { isPublic } from './access.js';
import type { Facts } from './facts.js';

/** Endpoints that show the OpenAPI document. */
const SHOWING: ReadonlySet<EndpointKind | undefined> = new Set<EndpointKind>(['openapi', 'docs', 'redoc']);

/** A document that one endpoint keeps for some, and another one shows to all. */
export function checkDocuments({ resolved, warnings }: Facts): void {
  const showing = [...resolved.written.endpoints].filter(([name]) => SHOWING.has(resolved.endpoints.get(name)?.serve));
  const open = showing.filter(([, node]) => isPublic(node)).map(([name]) => name);
  const guarded = showing.find(([, node]) => !isPublic(node));
  if (guarded === undefined || open.length === 0) return;
  const [name, node] = guarded;
  warnings.add(node.place, ['endpoints', name], `the same document is open to all by ${open.map((each) => `\`${each}\``).join(' and ')}; say there too who may see it, or \`off\``);
}
