// A service that can do so much and no more: SLOTS requests at once, each for TAKES_MS; others wait in line for as long as it takes,
// and it works them off whether or not anybody still waits.
import { createServer } from 'node:http';

const { PORT, SLOTS, TAKES_MS } = process.env;
const BODY = JSON.stringify({ id: 42 });
const line = [];
let busy = 0;

function work(response) {
  busy++;
  setTimeout(() => {
    busy--;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY);
    const next = line.shift();
    if (next) work(next);
  }, Number(TAKES_MS));
}

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  request.resume();
  response.on('error', () => {});
  if (busy < Number(SLOTS)) work(response);
  else line.push(response);
});
server.listen(Number(PORT), '127.0.0.1');
