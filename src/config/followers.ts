import type { Remote } from './remote.js';

/** What lies elsewhere: the state it was in when it was read, and the one it is in now. */
export interface Compared {
  readonly read: string;
  readonly now: string;
}

/** Follows what a configuration includes from elsewhere, as long as it includes it. */
export class Followers {
  readonly #followers = new Map<string, Follower>();

  /** Follows these from now on, and no others. */
  follow(remotes: ReadonlyMap<string, Remote>): void {
    for (const [url, follower] of this.#followers) {
      const remote = remotes.get(url);
      if (remote && follower.stillFollows(remote)) continue;
      follower.end();
      this.#followers.delete(url);
    }
    for (const [url, remote] of remotes) if (!this.#followers.has(url)) this.#followers.set(url, new Follower(remote));
  }

  /** How they are now; those of which nothing is known now are as they were read. */
  compare(remotes: ReadonlyMap<string, Remote>): readonly Compared[] {
    return [...remotes].map(([url, { state }]) => {
      const read = state ?? '';
      return { read, now: this.#followers.get(url)?.state ?? read };
    });
  }

  end(): void {
    this.follow(new Map());
  }
}

class Follower {
  state: string | null = null;
  readonly #end: () => void;

  constructor(private readonly remote: Remote) {
    this.#end = remote.follow((state) => { this.state = state; });
  }

  /** One that could not be read is asked for anew: what is known of it is from before. */
  stillFollows(remote: Remote): boolean {
    return remote === this.remote || (remote.isLike(this.remote) && remote.state !== null);
  }

  end(): void {
    this.#end();
  }
}
