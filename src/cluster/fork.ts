import cluster from 'node:cluster';
import type { Forked } from './worker-process.js';
import type { Relay } from './relay.js';

/** In the environment of a worker of ours; another program may have forked us by node:cluster too. */
export const WORKER_MARK = 'PASSERELLE_WORKER';

/** Milliseconds after its end in which what a worker has sent is still read. */
const LAST_WORDS = 2_000;

type Handle = { close(): void };
type Send = (message: unknown, handle?: Handle, ...rest: unknown[]) => boolean;

/**
 * What starts workers of this program.
 * @param exec the file they run, with the arguments of this process.
 * @throws Error within a worker of node:cluster, which cannot have workers of its own.
 */
export function forker(exec: string, relay: Relay): () => Forked {
  if (!cluster.isPrimary) throw new Error('this process is itself a worker of node:cluster and cannot have workers of its own: set server.workers to 1');
  // The default of most systems, but not of all, and the environment may say otherwise: the listener belongs to the supervisor.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ exec, serialization: 'advanced', stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return () => {
    const forked = cluster.fork({ [WORKER_MARK]: '1' });
    if (forked.process.stdout) relay.from(forked.process.stdout);
    closeWhatIsOnItsWay(forked);
    return forked;
  };
}

/**
 * A connection on its way to a worker that is killed would stay open for ever, with a client that waits for an answer:
 * node:cluster closes its own end only when the worker has said that it is there. Closing it again does no harm.
 */
function closeWhatIsOnItsWay({ process: child }: Forked): void {
  const end = child as unknown as { send: Send };
  const send = end.send.bind(child);
  let latest: Handle | undefined;
  end.send = (message, handle, ...rest) => {
    if (typeof handle?.close === 'function') latest = handle;
    return send(message, handle, ...rest);
  };
  // Not before all it said is read: it may have sent the connection back.
  const close = (): void => latest?.close();
  child.once('close', close).once('exit', () => setTimeout(close, LAST_WORDS).unref());
}
