import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { partsOf, textOf } from './multipart.js';

const body = [
  '--x',
  'Content-Disposition: form-data; name="reason"',
  '',
  'Grippe\r\n--y',
  '--x',
  'Content-Disposition: form-data; name="attachments[0]"; filename="a.pdf"',
  'Content-Type: application/pdf',
  '',
  '',
  '--x--',
  'epilogue',
].join('\r\n');

function incoming(text: string, size = text.length, type = 'multipart/form-data; boundary=x'): IncomingMessage {
  const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    Buffer.from(text.slice(index * size, (index + 1) * size)),
  );
  return Object.assign(Readable.from(chunks), { headers: { 'content-type': type } }) as unknown as IncomingMessage;
}

async function read(request: IncomingMessage): Promise<unknown[]> {
  const parts: unknown[] = [];
  for await (const { name, filename, type, content } of partsOf(request))
    parts.push([name, filename, type, await textOf(content)]);
  return parts;
}

it.each([1, 2, 3, 7, 1000])('reads the same parts from chunks of %i bytes', async (size) => {
  expect(await read(incoming(body, size))).toEqual([
    ['reason', undefined, 'text/plain', 'Grippe\r\n--y'],
    ['attachments[0]', 'a.pdf', 'application/pdf', ''],
  ]);
});

it.each([
  ['no closing boundary', body.replace('--x--', ''), 400],
  ['no name', body.replace(' name="reason"', ''), 400],
  ['no boundary at all', '', 400],
  ['a field beyond the cap', body.replace('Grippe', 'x'.repeat(20_000)), 413],
])('refuses a body with %s', async (_, text, status) => {
  await expect(read(incoming(text))).rejects.toMatchObject({ status });
});

it('refuses what is not a form', async () => {
  await expect(read(incoming('{}', 2, 'application/json'))).rejects.toMatchObject({ status: 415 });
});
