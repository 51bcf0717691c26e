#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// V8 learns that some objects of a request "live long" and puts their successors straight into the old generation, where
// each keeps its whole exchange alive until the next full collection. Under load that was a quarter of all CPU time
// (docs/adr/0013-v8-pretenuring.md). It must be set before the code it concerns runs.
setFlagsFromString('--no-allocation-site-pretenuring');
// In a quiet minute V8 throws compiled code away along with the garbage, and the next requests cost 2.5 times as much
// until it is made again (docs/adr/0016-v8-tidying-up.md). What starting up leaves behind returnMemory() gives back.
setFlagsFromString('--memory-reducer-gc-count=0');
// A young collection costs what it costs, however little survives it. Where load has V8 grow the young generation, it grows
// to its full size at once, and there are a third as many (docs/adr/0027-the-young-generation-grows-at-once.md).
setFlagsFromString('--semi-space-growth-factor=16');
// Whoever imports node:http by `import` reads all it exports, and these three are getters that load Node's own undici: 3 MB of
// heap that nobody here needs, as they are globals of the same names.
const http = process.getBuiltinModule('node:http') as Partial<typeof import('node:http')>;
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent'] as const) delete http[name];

const [{ lendModules }, { run }] = await Promise.all([import('./config/lent-modules.js'), import('./cli/run.js')]);
lendModules();
process.exitCode = await run(process.argv.slice(2));
