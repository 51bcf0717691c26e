import type { Gateway, GatewayOptions, Manner } from '../bootstrap.js';
import { Member, outcomeOf } from '../cluster/index.js';
import { ConfigurationError, formatIssues } from '../config/index.js';
import { LogDestination } from '../telemetry/log-destination.js';
import { EXIT, Failure } from './failure.js';
import { ending, guard, lingerNoLongerThan } from './lifetime.js';
import { explained } from './listen-failure.js';
import { returnMemory } from './return-memory.js';

/** Milliseconds a worker that cannot go on has to say what it counted. */
const LAST_WORDS = 500;

/**
 * Runs this process as one of several workers, until its supervisor or a signal ends it. Without the supervisor it answers
 * what is in flight and ends.
 * @returns the exit code.
 */
export async function work(options: GatewayOptions): Promise<number> {
  const member = Member.here();
  const from = await member.image;
  try {
    const { startGateway } = await import('../bootstrap.js');
    const gateway = await explained(() => startGateway({ ...options, from, fleet: member }));
    returnMemory();
    await serve(gateway, member);
    return EXIT.good;
  } catch (error) {
    await member.fail(wordsOf(error));
    lingerNoLongerThan();
    return EXIT.findings;
  } finally {
    if (process.connected) process.disconnect?.();
  }
}

async function serve(gateway: Gateway, member: Member): Promise<void> {
  const { log } = gateway;
  const left = Promise.withResolvers<void>();
  let leaving: Manner | null = null;
  const leave = (manner: Manner): void => {
    if (leaving !== null) return;
    leaving = manner;
    gateway.close(manner).then(left.resolve, left.reject);
  };
  // A terminal tells the whole group; the supervisor says what is to be done. A worker that is asked by name goes.
  const ignore = (): void => {};
  const release = guard(log, dying(gateway, member), { SIGHUP: ignore, SIGINT: ignore, SIGUSR2: ignore });
  void ending(ignore, ['SIGTERM']).then((signal) => {
    log.info({ signal }, 'waiting for another worker to take over');
    member.relieve();
  });
  await member.stand(gateway.url, {
    reload: async (image) => (await outcomeOf(() => gateway.reload(image))).errors,
    version: () => gateway.version,
    note: ({ outcome, ...report }) => gateway.noteFailure(outcome, report),
    leave,
    orphaned: () => {
      gateway.app.get(LogDestination).forsake();
      leave('prompt');
    },
  });
  await left.promise;
  await member.bequeath();
  release();
  lingerNoLongerThan();
}

/** A fault that nobody caught ends the process, but not what it counted. */
function dying({ log }: Gateway, member: Member): (error: unknown) => void {
  let dead = false;
  return (error) => {
    log.fatal({ err: error }, 'the worker cannot go on');
    if (dead) return;
    dead = true;
    const end = (): void => process.exit(1);
    setTimeout(end, LAST_WORDS);
    void member.bequeath().then(end, end);
  };
}

/** In words for the user, whom the supervisor tells; a stack is shown for our own faults only. */
function wordsOf(error: unknown): string {
  if (error instanceof ConfigurationError) return formatIssues(error.issues);
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
