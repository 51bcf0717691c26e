import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from '../support/passerelle.js';
import { read, root } from './kubernetes.fixture.js';

/** What scripts/image-steps.mjs ends with where there is no way to a root of its own. */
const NO_WAY_IN = 3;

describe('O12: the image without an engine', () => {
  it('every step of the Dockerfile is done, and its command serves from a root that nothing can write to', () => {
    // What npm does, test/docs/dockerfile.spec.ts tells; without --quick the script does that too.
    build();
    const { status, stderr, stdout } = spawnSync(process.execPath, [path.join(root, 'scripts/image-steps.mjs'), '--quick'], { encoding: 'utf8' });
    if (status === NO_WAY_IN && !process.env['CI']) {
      process.stderr.write(`\n*** SKIPPED *** ${stderr}\n`);
      return;
    }
    expect([status, stderr]).toEqual([0, '']);
    const steps = read('Dockerfile').split('\n').filter((line) => /^(?:COPY|RUN|ENV|WORKDIR|ENTRYPOINT|CMD)/.test(line));
    expect(steps.filter((step) => !stdout.includes(step))).toEqual([]);
    expect(stdout.split('\n').slice(-5)).toEqual(['nothing can be written but /tmp and /var/lib/passerelle', expect.stringMatching(/^\/health\/ready is 200 after \d+ ms$/), 'its health check is content', 'SIGTERM ends it with 0', '']);
  }, 300_000);
});
