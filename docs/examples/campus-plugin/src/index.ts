import { ClosingDaysController } from './closing-days.controller.js';
import { ClosingDays } from './closing-days.js';

/** What a gateway finds: extensions by their names, providers and controllers by these two lists. */
export { badge, writeBadge } from './badge.js';
export { campusPath } from './campus-path.js';
export { openDays } from './open-days.js';
export { ownCampus } from './own-campus.js';
export { stamp } from './stamp.js';

export const providers = [ClosingDays];
export const controllers = [ClosingDaysController];
