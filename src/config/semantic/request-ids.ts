import { writtenAt } from '../origins.js';
import type { Facts } from './facts.js';

/** Two ids in one header would be neither. */
export function checkRequestIds({ issues, resolved }: Facts): void {
  const { correlationId, requestId } = resolved.file ?? {};
  if (correlationId === undefined || requestId === undefined) return;
  const taken = [requestId.header, requestId.answer, ...requestId.upstream].map((name) => name?.toLowerCase());
  if (!taken.includes(correlationId.header.toLowerCase())) return;
  const path = ['correlationId', 'header'];
  const place = (writtenAt(resolved.written, path) ?? resolved.written.root).place;
  issues.add(place, path, `the id of the request has "${correlationId.header}" already (\`requestId\`); give this one another header, or do without it`);
}
