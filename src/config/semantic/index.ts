import { checkAccess } from './access.js';
import { checkAggregates } from './aggregate.js';
import { checkBearers } from './bearers.js';
import { checkCors } from './cors.js';
import { checkDeprecations } from './deprecations.js';
import { checkDestinations } from './destinations.js';
import { checkDocuments } from './documents.js';
import type { Facts } from './facts.js';
import { checkTokens } from './identity-tokens.js';
import { checkLimits } from './limits.js';
import { checkMetrics } from './metrics.js';
import { checkOperations } from './operations.js';
import { checkReferences, checkTests, checkUnused } from './references.js';
import { checkRequestIds } from './request-ids.js';
import { checkRoles } from './roles.js';
import { checkOwners } from './rules.js';
import { checkSecrets } from './secrets.js';
import { checkSignatures } from './signatures.js';
import { checkSplitCaches } from './split-cache.js';
import { checkStrip } from './strip.js';
import { checkMounts, checkTable } from './table.js';
import { checkTemplates } from './templates.js';
import { checkCertificates, checkClientCertificates } from './tls.js';

const CHECKS: readonly ((facts: Facts) => void)[] = [
  checkReferences, checkDestinations, checkAccess, checkBearers, checkDocuments, checkRoles, checkOwners, checkTemplates, checkStrip, checkAggregates, checkCors, checkDeprecations, checkLimits, checkRequestIds, checkTokens, checkSplitCaches, checkTable, checkMounts, checkOperations, checkTests, checkUnused, checkSecrets, checkSignatures, checkMetrics, checkCertificates, checkClientCertificates,
];

/** What no schema can say: whether the parts of the configuration agree with each other. */
export function checkMeaning(facts: Facts): void {
  for (const check of CHECKS) check(facts);
}
