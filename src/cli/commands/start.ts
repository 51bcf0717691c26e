import type { Command } from 'commander';
import { ConfigStore } from '../../config/index.js';
import { EXIT } from '../failure.js';
import type { Io } from '../io.js';
import { explained } from '../listen-failure.js';
import { loadOptions, parsePort, withConfig, type CommonOptions } from '../options.js';
import { returnMemory } from '../return-memory.js';

/** Addresses that stand for all there are. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

interface StartOptions extends CommonOptions {
  readonly port?: number;
  readonly host?: string;
}

export function startCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('start').description('start the gateway; a changed file or SIGHUP loads it again, SIGUSR2 replaces its workers, SIGTERM ends it'))
    .option('-p, --port <port>', 'listen on this port instead of the file’s; 0 for any free one', parsePort)
    .option('--host <address>', 'listen on this address instead of the file’s')
    .action(async (options: StartOptions) => done(await start(options, io)));
}

/** Runs until a signal ends it. */
async function start({ config, port, host, json }: StartOptions, io: Io): Promise<number> {
  const load = loadOptions(config, io);
  const options = { ...load, ...(port !== undefined && { port }), ...(host !== undefined && { host }) };
  const { WORKER_MARK, workerCount } = await import('../../cluster/index.js');
  if (io.env[WORKER_MARK] !== undefined) {
    // Not for processes that plugins start.
    delete process.env[WORKER_MARK];
    return (await import('../work.js')).work(options);
  }
  const store = await ConfigStore.open(load);
  const tell = (url: string): void => {
    returnMemory();
    announce({ url, file: load.file, host: host ?? store.current.config.server.host, json: json === true }, io);
  };
  if (workerCount(store.current.config.server) > 1) {
    await (await import('../supervise.js')).supervise(store, tell);
    return EXIT.good;
  }
  // Nest takes half a second to load, and no other command needs it.
  const [{ startGateway }, { lifetime }] = await Promise.all([import('../../bootstrap.js'), import('../lifetime.js')]);
  const gateway = await explained(() => startGateway({ ...options, store }));
  // Whoever reads the address may send signals.
  const life = lifetime(gateway);
  tell(gateway.url);
  await life;
  return EXIT.good;
}

interface Announcement {
  readonly url: string;
  readonly file: string;
  /** What it was told to listen on; the address is one that works here. */
  readonly host: string;
  readonly json: boolean;
}

function announce({ file, host, json, url }: Announcement, io: Io): void {
  const line = { level: 'info', time: new Date().toISOString(), msg: 'listening', url, file, pid: process.pid };
  io.out(json ? JSON.stringify(line) : `Passerelle listens on ${io.paint('bold', url)}${EVERYWHERE.has(host) ? ' and every other address of this machine' : ''} (${file})`);
}
