import { events, type ReloadReport } from '#libs/kernel';
import { builtIns, ConfigFolder, valid } from './config.fixture.js';
import { ConfigurationError } from './issues.js';
import { ConfigStore } from './store.js';

const ROUTE = 'routes: { r: { match: { path: /r }, to: echo } }';

function listen() {
  const loaded: ReloadReport[] = [];
  const failed: ReloadReport[] = [];
  const ends = [events.configurationLoaded.subscribe((report) => loaded.push(report)), events.configurationLoadFailed.subscribe((report) => failed.push(report))];
  return { loaded, failed, [Symbol.dispose]: () => ends.forEach((end) => end()) };
}

describe('ConfigStore', () => {
  it('loads, tells a change from none, and keeps the last good one', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(ROUTE) });
    using heard = listen();
    const store = await ConfigStore.open({ file: folder.at('gateway.yaml'), env: {}, builtIns });
    const first = store.current;
    expect(await store.reload()).toBe(false);
    expect(store.current).toBe(first);

    folder.write('gateway.yaml', valid(ROUTE.replace('/r', '/s')));
    expect(await store.reload()).toBe(true);
    expect(store.current.config.routes['r']?.match.path).toEqual(['/s']);
    const second = store.current;

    folder.write('gateway.yaml', valid(ROUTE.replace('echo', 'ecco')));
    expect(await store.reload()).toBe(false);
    expect(store.current).toBe(second);
    expect(heard.loaded.map(({ version }) => version)).toEqual([first, first, second].map(({ config }) => config.hash));
    expect(heard.failed).toEqual([{ file: folder.at('gateway.yaml'), version: '', errors: [expect.stringContaining('there is no service "ecco". Did you mean "echo"?')] }]);
  });

  it('does not open with a wrong file', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': 'version: 2' });
    using heard = listen();
    await expect(ConfigStore.open({ file: folder.at('gateway.yaml'), env: {}, builtIns })).rejects.toBeInstanceOf(ConfigurationError);
    expect(heard.failed).toHaveLength(1);
  });

  it('shares one load between calls that overlap', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(ROUTE) });
    const store = await ConfigStore.open({ file: folder.at('gateway.yaml'), env: {}, builtIns });
    using heard = listen();
    await Promise.all([store.reload(), store.reload(), store.reload()]);
    expect(heard.loaded).toHaveLength(1);
  });

  it('does not miss an edit made while a load is under way', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(ROUTE) });
    const store = await ConfigStore.open({ file: folder.at('gateway.yaml'), env: {}, builtIns });
    const underWay = store.reload();
    // The load has read the file by the next turn, and is still busy with it.
    await Promise.resolve();
    folder.write('gateway.yaml', valid(ROUTE.replace('/r', '/s')));
    expect(await Promise.all([underWay, store.reload()])).toEqual([false, true]);
    expect(store.current.config.routes['r']?.match.path).toEqual(['/s']);
  });

  it('goes back when the new one could not be applied, so that the next reload tries again', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(ROUTE) });
    const store = await ConfigStore.open({ file: folder.at('gateway.yaml'), env: {}, builtIns });
    const first = store.current;
    folder.write('gateway.yaml', valid(ROUTE.replace('/r', '/s')));
    await store.reload();
    store.undo();
    expect(store.current).toBe(first);
    expect(await store.reload()).toBe(true);
  });
});
