import { ambiguityIn } from './part-head.js';

const head = (disposition: string, ...more: string[]): string => ['', `Content-Disposition: form-data${disposition}`, ...more].join('\r\n');

it.each([
  head('; name="a"'),
  head('; name=a; filename="b;name=c.png"', 'Content-Type: image/png', 'Content-Length: 1'),
  head('; name="a"; filename="x.png"; filename*=UTF-8\'\'%C3%A9.png'),
  head('; name="a"; filename="say \\"x\\".png"'),
  head('; name="a"; filename="C:\\dir\\x.png"'),
  head('; name=""'),
])('one reading: %j', (text) => expect(ambiguityIn(text)).toBeNull());

it.each([
  head('; name="note"; name="role"'),
  head('; name="note"; NAME=role'),
  head('; name="note"; name*=utf-8\'\'role'),
  head('; name*0="ro"; name*1="le"; name=note'),
  head('; name="note"; filename="x\\"; name=\\"role"'),
  head('; name="note"; filename="\\\\"; name="role"'),
  head('; name="a"; filename="x.png"; filename="x.php"'),
  head('; name="note"', 'content-disposition: form-data; name="role"'),
  head('; name="a"; filename="x"', 'Content-Type: image/png', 'Content-Type: text/html'),
])('several: %j', (text) => expect(ambiguityIn(text)).not.toBeNull());

it('takes no time to speak of, whatever it reads', () => {
  for (const text of [`; ${'a'.repeat(16_000)}`, `;${' '.repeat(16_000)}`, ';a="'.repeat(4_000), '; a'.repeat(5_000), `;a="${'\\'.repeat(16_000)}`]) expect(ambiguityIn(head(text))).toBeDefined();
}, 2_000);
