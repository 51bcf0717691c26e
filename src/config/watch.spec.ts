import { rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { ConfigFolder } from './config.fixture.js';
import { ConsulStore } from './consul.fixture.js';
import { stateOf } from './read-file.js';
import { Remote } from './remote.js';
import { parseRemote, type RemoteAddress } from './remote-address.js';
import { watch } from './watch.js';

const EVERY = 10;

/** Watches files in the state they are in now; `read` takes note of a new state, as loading them does. */
function watching(...files: readonly string[]) {
  let states = new Map<string, string>();
  const read = (): void => { states = new Map(files.map((file) => [file, stateOf(file)])); };
  read();
  let changes = 0;
  const stop = watch({ remotes: null, get files() { return states; } }, EVERY, () => {
    changes++;
    read();
  });
  return { count: () => changes, stop };
}

describe('watching the files of a configuration', () => {
  it('tells of a change, a new file and a lost one, each once', async () => {
    using folder = new ConfigFolder({ a: '1' });
    const { count, stop } = watching(folder.at('a'), folder.at('b'));
    await sleep(5 * EVERY);
    expect(count()).toBe(0);
    folder.write('a', '12');
    await until(() => count() > 0);
    await sleep(5 * EVERY);
    expect(count()).toBe(1);
    folder.write('b', '');
    await until(() => count() > 1);
    await sleep(5 * EVERY);
    expect(count()).toBe(2);
    rmSync(folder.at('a'));
    await until(() => count() > 2);
    await sleep(5 * EVERY);
    expect(count()).toBe(3);
    stop();
    folder.write('a', '3');
    await sleep(8 * EVERY);
    expect(count()).toBe(3);
  });

  it('follows what comes from Consul as long as it is included, and asks anew for what could not be read', async () => {
    await using store = await ConsulStore.start({ a: '1' });
    const address = parseRemote(`${store.url}/a`) as RemoteAddress;
    const files = new Map<string, string>();
    const states: { remotes: ReadonlyMap<string, Remote> | null } = { remotes: null };
    const read = async (): Promise<void> => { states.remotes = new Map([[address.url, await Remote.read(address, {})]]); };
    let changes = 0;
    const stop = watch({ files, get remotes() { return states.remotes; } }, EVERY, () => { changes++; });
    await read();
    await sleep(8 * EVERY);
    expect(changes).toBe(0);
    store.put('b', 'of no interest');
    store.put('a', '2');
    await until(() => changes > 0);
    // A load is under way: nothing is known, and so nothing is told.
    states.remotes = null;
    const before = changes;
    await sleep(5 * EVERY);
    expect(changes).toBe(before);
    store.failing = 500;
    await read();
    await sleep(8 * EVERY);
    expect(changes).toBe(before);
    store.failing = null;
    await until(() => changes > before);
    await read();
    await sleep(2 * EVERY);
    const after = changes;
    await sleep(8 * EVERY);
    expect(changes).toBe(after);
    // What was asked before that is none of the questions that must not come.
    await until(() => store.waiting === 1);
    states.remotes = new Map();
    await sleep(3 * EVERY);
    const { length } = store.asked;
    store.put('a', '3');
    await sleep(15 * EVERY);
    expect([changes, store.asked.length]).toEqual([after, length]);
    stop();
  });

  it('goes on with what cannot be looked at', async () => {
    using folder = new ConfigFolder({ a: '1' });
    symlinkSync('loop', folder.at('loop'));
    const { count, stop } = watching(folder.at('loop'), folder.at('a/under-a-file'));
    await sleep(5 * EVERY);
    rmSync(folder.at('loop'));
    folder.write('loop', 'a file now');
    await until(() => count() > 0);
    stop();
    expect(count()).toBe(1);
  });
});
