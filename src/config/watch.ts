import { stateOf } from './read-file.js';

/** What is watched. */
export interface Watched {
  /** Absolute paths with the state they were in when they were read; asked for anew at every look. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Calls `changed` once files that are no longer what was read have been still for one interval, so that a half-written
 * one is not read. It looks instead of listening: that sees network file systems, editors that replace a file and
 * Kubernetes, which moves a symbolic link above it.
 * @param every milliseconds.
 * @returns a function that ends it. It never keeps the process alive.
 */
export function watch(watched: Watched, every: number, changed: () => void): () => void {
  let before = '';
  const timer = setInterval(() => {
    const found = [...watched.files].map(([file, read]) => ({ read, now: stateOf(file) }));
    const now = found.map((file) => file.now).join();
    if (now === before && found.some((file) => file.now !== file.read)) changed();
    before = now;
  }, every).unref();
  return () => clearInterval(timer);
}
