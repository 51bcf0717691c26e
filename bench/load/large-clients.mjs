// Clients with large bodies, each again and again until the time is up; what is on its way then is finished.
import http from 'node:http';

const { bytes, clients, milliseconds, port } = JSON.parse(process.argv[2]);
const PIECE = Buffer.alloc(1 << 16, 'x');
const seen = { uploads: 0, downloads: 0, wrong: 0 };

const upload = () => new Promise((resolve) => {
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/large', agent: false, headers: { 'content-type': 'application/octet-stream', 'content-length': bytes } }, (answer) => {
    let text = '';
    answer.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text === String(bytes)));
  });
  request.on('error', () => resolve(false));
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!request.write(piece)) return request.once('drain', more);
    }
    request.end();
  };
  more();
});

const download = () => new Promise((resolve) => {
  const request = http.get({ port, host: '127.0.0.1', path: `/large/${bytes}`, agent: false }, (answer) => {
    let got = 0;
    answer.on('data', (chunk) => { got += chunk.length; }).on('end', () => resolve(got === bytes)).on('error', () => resolve(false));
  });
  request.on('error', () => resolve(false));
});

const until = performance.now() + milliseconds;
async function again(what, transfer) {
  do {
    if (await transfer()) seen[what]++;
    else seen.wrong++;
  } while (performance.now() < until);
}

const began = performance.now();
await Promise.all(Array.from({ length: clients }, () => [again('uploads', upload), again('downloads', download)]).flat());
process.send({ ...seen, seconds: (performance.now() - began) / 1000 }, () => process.exit(0));
