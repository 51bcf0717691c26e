// Many connections that ask once and then only stay; told to, each asks once more.
import { connect } from 'node:net';

const { count, port } = JSON.parse(process.argv[2]);
const AT_ONCE = 100;
const REQUEST = 'GET /api/v1/items/42 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';
const sockets = [];

function ask(socket) {
  return new Promise((resolve) => {
    const done = (well) => {
      socket.removeAllListeners('data').removeAllListeners('close');
      resolve(well);
    };
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.latin1Slice();
      const [head] = got.split('\r\n\r\n', 1);
      if (got.length >= head.length + 4 + Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN)) done(got.startsWith('HTTP/1.1 200'));
    });
    socket.on('close', () => done(false));
    socket.write(REQUEST);
  });
}

const askAll = async () => {
  let well = 0;
  for (let i = 0; i < sockets.length; i += AT_ONCE) well += (await Promise.all(sockets.slice(i, i + AT_ONCE).map((socket) => (socket.destroyed ? false : ask(socket))))).filter(Boolean).length;
  return well;
};

for (let i = 0; i < count; i += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - i) }, () => new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, resolve).on('error', resolve);
    sockets.push(socket);
  })));
}
process.on('message', async () => process.send({ well: await askAll() }));
process.send({ well: await askAll() });
