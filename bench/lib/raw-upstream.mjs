// The cheapest HTTP answer Node can give: no parser. It understands just what the load sends, requests without a body.
import { createServer } from 'node:net';

const { PORT, BODY } = process.env;
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);
const endsRequest = (chunk) => chunk.length > 3 && chunk.readUInt32BE(chunk.length - 4) === 0x0d0a0d0a;

createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => { if (endsRequest(chunk)) socket.write(answer); });
  socket.on('error', () => socket.destroy());
}).listen(Number(PORT), '127.0.0.1');
