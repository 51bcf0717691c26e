// Takes whatever comes and counts it; answers GET /large/<bytes> with as many.
import { createServer } from 'node:http';

const PIECE = Buffer.alloc(1 << 16, 'x');

function download(response, bytes) {
  let left = bytes;
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  const more = () => {
    while (left > 0) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!response.write(piece)) return response.once('drain', more);
    }
    response.end();
  };
  more();
}

createServer((request, response) => {
  response.on('error', () => {});
  const bytes = Number(/\/large\/(\d+)/.exec(request.url)?.[1] ?? 0);
  if (request.method === 'GET' && bytes > 0) return download(response, bytes);
  let got = 0;
  request.on('data', (chunk) => { got += chunk.length; });
  request.on('end', () => {
    const body = String(got);
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
