export { Fleet, type Replies, type Topic } from './fleet.js';
export { forker, WORKER_MARK } from './fork.js';
export { Member, type Duties } from './member.js';
export { Relay } from './relay.js';
export { outcomeOf, reloadTopic, type ReloadOutcome } from './reload-topic.js';
export { SoloFleet } from './solo-fleet.js';
export { Supervisor } from './supervisor.js';
export { workerCount } from './worker-count.js';
