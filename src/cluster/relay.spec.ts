import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Relay } from './relay.js';

describe('Relay', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'passerelle-relay-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function written(work: (relay: Relay) => Promise<void>): Promise<string> {
    const file = path.join(folder, 'log');
    const fd = openSync(file, 'w');
    const relay = new Relay(fd);
    await work(relay);
    await relay.end();
    const text = readFileSync(file, 'utf8');
    try {
      closeSync(fd);
    } catch {
      // The stream closes what is no standard output.
    }
    return text;
  }

  it('passes whole lines on, however they arrive', async () => {
    const text = await written(async (relay) => {
      const [a, b] = [new PassThrough(), new PassThrough()];
      relay.from(a);
      relay.from(b);
      a.write('{"a":');
      b.write('{"b":1}\n{"b":2}\n{"b"');
      relay.write('{"own":1}\n');
      a.write('1}\n');
      b.write(':3}\n');
      a.end('{"a":2');
      b.end();
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    });
    expect(text.split('\n').toSorted()).toEqual(['', '{"a":1}', '{"a":2', '{"b":1}', '{"b":2}', '{"b":3}', '{"own":1}']);
  });

  it('does not wait for the end of a line that has none', async () => {
    const long = 'x'.repeat(1_200_000);
    const text = await written(async (relay) => {
      const output = new PassThrough();
      relay.from(output);
      output.write(long);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    });
    expect(text).toBe(long);
  });
});
