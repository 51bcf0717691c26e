import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineDiscovery, events } from '#libs/kernel';
import { startGateway } from '../../src/bootstrap.js';
import { builtIns } from '../../src/extensions.js';

/** Refuses its options only when it is used. */
const fussy = defineDiscovery({ name: 'fussy', schema: z.strictObject({}), create: () => { throw new Error('the token cannot be read'); } });

const file = (service: string): string => `version: 1\nlog: { level: silent, access: off }\nservices: { s: { ${service} } }\nroutes: { r: { match: { path: /** }, to: s, authenticate: none } }\n`;

it('O10: a reload whose registry refuses its options says so, and changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
  const name = join(folder, 'gateway.yaml');
  await writeFile(name, file('targets: "http://127.0.0.1:1"'));
  const gateway = await startGateway({ file: name, env: {}, builtIns: [...builtIns, fussy], port: 0, host: '127.0.0.1' });
  const { version } = gateway;
  const errors: string[] = [];
  const stop = events.configurationApplyFailed.subscribe((report) => errors.push(...report.errors));
  await writeFile(name, file('discover: { use: fussy }'));
  expect(await gateway.reload()).toBe(false);
  stop();
  expect([errors, gateway.version]).toEqual([['the token cannot be read'], version]);
  await gateway.close();
  await rm(folder, { recursive: true });
});
