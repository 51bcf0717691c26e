import { rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigFolder } from './config.fixture.js';
import { stateOf } from './read-file.js';
import { watch } from './watch.js';

const EVERY = 10;

async function until(happens: () => boolean): Promise<void> {
  while (!happens()) await sleep(EVERY);
}

/** Watches files in the state they are in now; `read` takes note of a new state, as loading them does. */
function watching(...files: readonly string[]) {
  let states = new Map<string, string>();
  const read = (): void => { states = new Map(files.map((file) => [file, stateOf(file)])); };
  read();
  let changes = 0;
  const stop = watch({ get files() { return states; } }, EVERY, () => {
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
