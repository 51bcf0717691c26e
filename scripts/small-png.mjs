// Writes a picture of few colours as a PNG with a palette, a third of what a browser makes of it.
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BITS = 8;
/** Colour type of a PNG whose pixels are places in a palette. */
const PALETTE = 3;

/**
 * @param page any page of a browser: it reads the pixels.
 * @param png a screenshot.
 */
export async function smallPng(page, png) {
  const { height, palette, pixels, width } = await page.evaluate(reduced, png.toString('base64'));
  const bytes = Buffer.from(pixels, 'base64');
  // Each line begins with the filter that was put over it: none.
  const lines = Buffer.concat(Array.from({ length: height }, (_none, y) => Buffer.concat([Buffer.from([0]), bytes.subarray(y * width, (y + 1) * width)])));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([BITS, PALETTE, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', Buffer.from(palette)), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name, data) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Runs in the page: the most frequent colours, and for each pixel the one that is nearest. */
async function reduced(base64) {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const { height, width } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  // What an eye cannot tell apart is one colour.
  const coarse = (at) => ((data[at] >> 3) << 10) | ((data[at + 1] >> 3) << 5) | (data[at + 2] >> 3);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const key = coarse(at);
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { count: 1, colour: [data[at], data[at + 1], data[at + 2]] });
  }
  const palette = [...counts.values()].toSorted((a, b) => b.count - a.count).slice(0, 64).map(({ colour }) => colour);
  const distance = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const nearest = new Map([...counts].map(([key, { colour }]) => [key, palette.reduce((best, one, i) => (distance(one, colour) < distance(palette[best], colour) ? i : best), 0)]));
  let text = '';
  for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(nearest.get(coarse(at)));
  return { width, height, palette: palette.flat(), pixels: btoa(text) };
}
