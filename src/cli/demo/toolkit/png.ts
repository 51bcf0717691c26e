import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** A grey picture from a brightness (0-255) per pixel: the smallest real image one can draw without a library. */
export function png(width: number, height: number, brightness: (x: number, y: number) => number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8); // Bits per pixel; colour type 0 (grey) and the three methods stay 0.
  const pixels = Buffer.alloc((width + 1) * height); // Each line starts with its filter, 0: none.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels.writeUInt8(brightness(x, y), y * (width + 1) + x + 1);
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
