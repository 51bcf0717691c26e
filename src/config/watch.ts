import { Followers } from './followers.js';
import { stateOf } from './read-file.js';
import type { Remote } from './remote.js';

/** What is watched; asked for anew at every look. */
export interface Watched {
  /** Absolute paths with the state they were in when they were read. */
  readonly files: ReadonlyMap<string, string>;
  /** What comes from elsewhere, by address; `null` while that is not known. */
  readonly remotes: ReadonlyMap<string, Remote> | null;
}

/**
 * Calls `changed` once what is no longer as it was read has been still for one interval, so that a half-written file is
 * not read. It looks at files instead of listening: that sees network file systems, editors that replace a file and
 * Kubernetes, which moves a symbolic link above it. What comes from elsewhere is followed while it is included.
 * @param every milliseconds.
 * @returns a function that ends it. It never keeps the process alive.
 */
export function watch(watched: Watched, every: number, changed: () => void): () => void {
  const followers = new Followers();
  let before = '';
  const timer = setInterval(() => {
    const { files, remotes } = watched;
    if (remotes) followers.follow(remotes);
    const found = [...[...files].map(([file, read]) => ({ read, now: stateOf(file) })), ...followers.compare(remotes ?? new Map())];
    const now = found.map((thing) => thing.now).join();
    if (now === before && found.some((thing) => thing.now !== thing.read)) changed();
    before = now;
  }, every).unref();
  return () => {
    clearInterval(timer);
    followers.end();
  };
}
