import { closeSync, openSync, readSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onCore } from './cores.mjs';
import { countInstructions } from './instructions.mjs';
import { findBinary } from './places.mjs';
import { capture } from './processes.mjs';
import { cpuMicros } from './process-tree.mjs';
import { sleep } from './say.mjs';

/** 32 clients that ask again as soon as they are answered: what one core can do, and what each request costs. */
export async function closedLoop(row, { connections, seconds, dir }) {
  const wrk = findBinary('wrk');
  if (!wrk) return {};
  if (row.child.failure) throw row.child.failure;
  const script = writeScript(row, dir);
  const command = onCore('load', wrk, ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, row.url]);
  if (row.peer.logsEveryRequest) truncateSync(row.child.log);

  const before = cpuMicros(row.child.pid);
  const { requests, seconds: took, instructions } = await countInstructions(row.child.pid, command, async (program, args) =>
    readWrk(await capture(program, args)));
  const cpu = cpuMicros(row.child.pid) - before;

  if (row.peer.logsEveryRequest) await assertLogged(row, requests);
  return { requestsPerSecond: requests / took, cpuMicros: cpu / requests, instructions };
}

/** The same script for every peer, so that the generator costs the same; requests are written once, not per request. */
function writeScript({ name, headers }, dir) {
  const file = join(dir, `${name.replaceAll('/', '-')}.lua`);
  const requests = headers.map((each) => {
    const fields = Object.entries(each).map(([key, value]) => `["${key}"]="${value}"`);
    return `wrk.format("GET", nil, {${fields.join(',')}})`;
  });
  writeFileSync(file, `local requests, i
init = function() i = 0; requests = {${requests.join(',\n')}} end
request = function() i = i % #requests + 1; return requests[i] end
`);
  return file;
}

function readWrk(text) {
  const figure = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
  const refused = figure(/Non-2xx or 3xx responses: (\d+)/);
  const broken = /Socket errors: .*/.exec(text)?.[0];
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  if (refused > 0) throw new Error(`${refused} of ${requests} answers under load were not 2xx`);
  if (broken) throw new Error(broken);
  if (!(requests > 0)) throw new Error(`no requests answered\n${text}`);
  return { requests: Number(requests), seconds: Number(seconds) };
}

/** A gateway that writes its lines in batches gets a moment; one that drops lines under load is measuring less work. */
async function assertLogged({ child }, requests) {
  await sleep(1000);
  const lines = countLines(child.log);
  truncateSync(child.log);
  if (lines < requests) throw new Error(`${requests} requests left only ${lines} access log lines`);
}

/** In pieces: a round of log lines is larger than it should be in memory. */
function countLines(file) {
  const piece = Buffer.alloc(1 << 20);
  const input = openSync(file, 'r');
  let lines = 0;
  for (let size; (size = readSync(input, piece)) > 0; ) {
    for (let at = piece.indexOf(10); at !== -1 && at < size; at = piece.indexOf(10, at + 1)) lines++;
  }
  closeSync(input);
  return lines;
}
