// A service as a process of its own, that fails as it is told. Its parent says how over IPC.
import { createServer } from 'node:http';

/** How it treats a request. */
let mode = { name: 'well' };
/** Requests it has seen whole. */
let seen = 0;

const behaviours = {
  well: (_request, response) => answer(response),
  slow: (_request, response) => void setTimeout(() => answer(response), mode.delay),
  // A tenth of a second for an answer, so that one is always under way.
  large: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 10_000 });
    for (let i = 0; i < 10; i++) setTimeout(() => (i < 9 ? response.write('x'.repeat(1_000)) : response.end('x'.repeat(1_000))), i * 10);
  },
  hanging: () => {},
  resetting: (request) => request.socket.resetAndDestroy(),
  garbage: (request) => request.socket.end('this is not HTTP\r\n\r\n'),
  broken: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 100_000 });
    response.write('x'.repeat(50_000), () => response.socket?.destroy());
  },
  // No two answers are alike.
  counting: (_request, response) => void setTimeout(() => answer(response, String(seen)), mode.delay ?? 0),
  page: (_request, response) => answer(response, 'x'.repeat(mode.bytes)),
  failing: (_request, response) => response.writeHead(503, { 'content-type': 'text/plain' }).end('not now'),
};

function answer(response, text = 'ok') {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': text.length }).end(text);
}

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    seen++;
    behaviours[mode.name](request, response);
  });
});
server.keepAliveTimeout = 60_000;
server.on('connection', (socket) => {
  socket.on('error', () => {});
  if (mode.name === 'resetting') socket.resetAndDestroy();
});

process.on('message', (message) => {
  if (message.mode) mode = message.mode;
  process.send({ seen });
});
process.on('disconnect', () => process.exit());
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send({ port: server.address().port }));
