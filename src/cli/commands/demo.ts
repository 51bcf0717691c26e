import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Command } from 'commander';
import { builtIns } from '../../extensions.js';
import { demoTokens, tour, type DemoToken } from '../demo-tour.js';
import type { DemoPlatform } from '../demo/platform.js';
import { EXIT } from '../failure.js';
import type { Io } from '../io.js';
import { explained } from '../listen-failure.js';
import { parsePort } from '../options.js';
import { packageRoot } from '../package-root.js';

interface DemoOptions {
  readonly port: number;
  readonly host: string;
  readonly tour: boolean;
  readonly log?: boolean;
  readonly json?: boolean;
}

const PORT = 8000;

export function demoCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('demo').description('start the gateway in front of a sample platform of nine services')
    .option('-p, --port <port>', 'port of the gateway; 0 for any free one', parsePort, PORT)
    .option('--host <address>', 'address to listen on; the sample platform has known passwords', '127.0.0.1')
    .option('--no-tour', 'print the address only')
    .option('--log', 'show the log of the gateway')
    .option('--json', 'print JSON')
    .action(async (options: DemoOptions) => {
      await demo(options, io);
      done(EXIT.good);
    });
}

/** Runs until a signal ends it. */
async function demo({ host, json, log, port, tour: withTour }: DemoOptions, io: Io): Promise<void> {
  const [{ startGateway }, { lifetime }, { startPlatform }] = await Promise.all([import('../../bootstrap.js'), import('../lifetime.js'), import('../demo/platform.js')]);
  // A secret per run: nothing signed here is worth anything elsewhere.
  const jwtSecret = io.env['JWT_SECRET_KEY'] ?? randomBytes(32).toString('hex');
  const platform = await startPlatform({ jwtSecret });
  try {
    const env = { ...(log ? {} : { PASSERELLE__LOG__LEVEL: 'warn' }), ...io.env, ...addresses(platform), JWT_SECRET_KEY: jwtSecret };
    const file = path.join(packageRoot(), 'deploy', 'platforms', 'presencepro', 'gateway.yaml');
    const gateway = await explained(() => startGateway({ file, env, builtIns, port, host }));
    const tokens: readonly DemoToken[] = withTour || json ? await demoTokens(gateway.url) : [];
    if (json) io.out(JSON.stringify({ url: gateway.url, file, services: platform.urls, tokens }, null, 2));
    else io.out(withTour ? tour({ url: gateway.url, file, services: Object.keys(platform.urls).length, tokens }, io.paint) : gateway.url);
    await lifetime(gateway);
  } finally {
    await platform.close();
  }
}

/** `AUTH_SERVICE_URL` and its like, as the platform's own environment names them. */
function addresses({ urls }: DemoPlatform): Record<string, string> {
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, url]));
}
