import { checkAccess } from './access.js';
import { checkAggregates } from './aggregate.js';
import { checkCors } from './cors.js';
import { checkDestinations } from './destinations.js';
import type { Facts } from './facts.js';
import { checkLimits } from './limits.js';
import { checkReferences, checkTests, checkUnused } from './references.js';
import { checkRoles } from './roles.js';
import { checkSecrets } from './secrets.js';
import { checkSplitCaches } from './split-cache.js';
import { checkMounts, checkTable } from './table.js';
import { checkTemplates } from './templates.js';
import { checkCertificates } from './tls.js';

const CHECKS: readonly ((facts: Facts) => void)[] = [
  checkReferences, checkDestinations, checkAccess, checkRoles, checkTemplates, checkAggregates, checkCors, checkLimits, checkSplitCaches, checkTable, checkMounts, checkTests, checkUnused, checkSecrets, checkCertificates,
];

/** What no schema can say: whether the parts of the configuration agree with each other. */
export function checkMeaning(facts: Facts): void {
  for (const check of CHECKS) check(facts);
}
