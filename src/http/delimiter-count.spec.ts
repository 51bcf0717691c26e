import { DelimiterCount } from './delimiter-count.js';

const form = '--b\r\nA: 1\r\n\r\nx\r\n--b\r\n\r\nx--b --b\r\n--b--\r\n--b\r\nepilogue';

it.each<[what: string, boundary: string, text: string, parts: number]>([
  ['two parts, and nothing behind the end', 'b', form, 2],
  ['what comes before the first', 'b', `preamble --b\r\n${form}`, 2],
  ['another boundary', 'c', form, 0],
  ['no end', 'b', '--b\r\n\r\nx', 1],
])('counts %s, however it is cut', (_what, boundary, text, parts) => {
  for (let size = 1; size <= text.length; size++) {
    const count = new DelimiterCount(boundary);
    for (let at = 0; at < text.length; at += size) count.add(Buffer.from(text.slice(at, at + size)));
    expect(count.parts).toBe(parts);
  }
});
