import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Address, type Surroundings } from '#libs/kernel';
import { discoveryContract, seededRandom, until } from '#libs/testing';
import { file } from './file.js';

const around = (folder: string): Surroundings => ({ folder, clock: systemClock, random: seededRandom(1), resolve: () => { throw new Error('nothing to resolve'); } });
const options = file.schema.parse({ path: 'targets.yaml', every: '20ms' });

discoveryContract('file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-file-'));
  const name = path.join(folder, 'targets.yaml');
  const put = (): void => writeFileSync(name, broken ? text.slice(0, -4) : text);
  let text = '[]';
  let broken = false;
  put();
  return Promise.resolve({
    carries: { weight: true, zone: true, priority: true },
    notice: 150,
    discovery: () => file.create(options, around(folder)),
    announce: (instances) => {
      text = JSON.stringify(instances, null, 2).padEnd(8);
      return Promise.resolve(put());
    },
    break: () => {
      broken = true;
      return Promise.resolve(rmSync(name));
    },
    mend: () => {
      broken = false;
      return Promise.resolve(put());
    },
    close: () => Promise.resolve(rmSync(folder, { recursive: true })),
  });
});

describe('the file', () => {
  let folder: string;
  let told: (readonly Address[] | string)[];
  let stop: () => void;

  const begin = (name = 'targets.yaml'): void => {
    stop = file.create(file.schema.parse({ path: name, every: '20ms' }), around(folder)).watch({ found: (addresses) => void told.push(addresses), lost: (why) => void told.push(why) });
  };
  const hears = async (count: number): Promise<void> => {
    await until(() => told.length >= count);
    await sleep(100);
    expect(told).toHaveLength(count);
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'passerelle-file-'));
    told = [];
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  it('that is half-written leaves the last good list, and says where it ends', async () => {
    writeFileSync(path.join(folder, 'targets.yaml'), '- http://a:1\n');
    begin();
    await hears(1);
    writeFileSync(path.join(folder, 'targets.yaml'), '- http://a:1\n- { url: http://b:1, wei');
    await hears(2);
    expect(told[1]).toMatch(/^targets\.yaml: line 2: /);
    writeFileSync(path.join(folder, 'targets.yaml'), '- http://a:1\n- { url: http://b:1, weight: 2 }\n');
    await hears(3);
    expect(told[2]).toMatchObject([{ url: 'http://a:1', weight: 1 }, { url: 'http://b:1', weight: 2 }]);
  });

  it('is not read while it is still being written', async () => {
    const name = path.join(folder, 'targets.yaml');
    writeFileSync(name, '- http://a:1\n');
    begin();
    await hears(1);
    const all = Array.from({ length: 20 }, (_, i) => `- http://b${i}:1\n`);
    for (const [i] of all.entries()) {
      writeFileSync(name, all.slice(0, i + 1).join(''));
      await sleep(10);
    }
    await hears(2);
    expect(told[1]).toHaveLength(20);
  });

  it('may stand behind a symbolic link that moves, as a ConfigMap of Kubernetes does', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(path.join(folder, version));
      writeFileSync(path.join(folder, version, 'targets.yaml'), `- http://${version}:1\n`);
    }
    symlinkSync('v1', path.join(folder, 'data'));
    begin('data/targets.yaml');
    await hears(1);
    symlinkSync('v2', path.join(folder, 'next'));
    renameSync(path.join(folder, 'next'), path.join(folder, 'data'));
    await hears(2);
    expect(told[1]).toMatchObject([{ url: 'http://v2:1' }]);
  });

  it.each([
    ['is missing', () => {}, /^targets\.yaml: there is no such file$/],
    ['is a folder', (name: string) => mkdirSync(name), /not a regular file/],
    ['is no text', (name: string) => writeFileSync(name, Buffer.from([0xff, 0xfe, 0x00])), /not UTF-8 text/],
    ['is too large', (name: string) => writeFileSync(name, Buffer.alloc(1024 * 1024 + 1, 32)), /over 1 MiB/],
  ])('that %s is lost, not empty', async (_what, make, expected) => {
    make(path.join(folder, 'targets.yaml'));
    begin();
    await hears(1);
    expect(told[0]).toMatch(expected);
  });
});
