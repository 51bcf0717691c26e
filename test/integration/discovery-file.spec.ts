import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService, type EchoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

it('T4: a file of addresses beside the configuration: a wrong one leaves the last good one in force', async () => {
  await using one = await echoService();
  await using two = await echoService();
  await using door = await gateway(`
services: { users: { targets: "${one.url}", discover: { use: file, path: targets.yaml, every: 30ms } } }
routes: { all: { match: { path: /** }, authenticate: none, to: users } }
`);
  const file = path.join(path.dirname(door.file), 'targets.yaml');
  const lastSeen = async (service: EchoService): Promise<void> => {
    for (let i = 0; i < 700; i += 1) {
      const before = service.requests.length;
      expect((await door.fetch('/')).status).toBe(200);
      if (service.requests.length > before) return;
      await sleep(20);
    }
    throw new Error('No request came there');
  };
  // Nobody has written it yet: those of the configuration stand in.
  await lastSeen(one);
  await writeFile(file, `- ${two.url}\n`);
  await lastSeen(two);
  await writeFile(file, `- ${one.url}\n- { url: ${one.url}, wei`);
  await sleep(300);
  await lastSeen(two);
  await writeFile(`${file}.new`, JSON.stringify([{ url: one.url }]));
  await rename(`${file}.new`, file);
  await lastSeen(one);
}, 30_000);
