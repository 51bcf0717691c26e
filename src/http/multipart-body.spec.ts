import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { problems, type ProblemType } from '#libs/kernel';
import { multipartSchema } from '../config/schema/multipart.js';
import { MultipartBody } from './multipart-body.js';
import { compileMultipartRules } from './multipart-rules.js';

interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly content?: string;
  readonly head?: string;
}

const TYPE = 'multipart/form-data; boundary="b 1"';

function form(parts: readonly Part[], end = '\r\n--b 1--\r\n'): string {
  const text = parts.map(({ content = '', filename, head, name, type }) => {
    const disposition = `Content-Disposition: form-data${name === undefined ? '' : `; name="${name}"`}${filename === undefined ? '' : `; filename="${filename}"`}`;
    return `--b 1\r\n${head ?? disposition}${type === undefined ? '' : `\r\nContent-Type: ${type}`}\r\n\r\n${content}`;
  });
  return text.join('\r\n') + end;
}

/** What arrives of a body that comes in chunks of some size. */
async function passed(text: string, options: Record<string, unknown>, size = text.length): Promise<string> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  const body = new MultipartBody(Readable.from(chunks), TYPE, compileMultipartRules(multipartSchema.parse(options))());
  return (await buffer(body)).toString();
}

const file = (name: string, content = 'x'.repeat(50), type = 'image/png'): Part => ({ name, filename: 'a.png', type, content });
const rules = { fields: ['file', 'note', 'attachments[*]'], required: ['file'], files: 2, maxFile: '100b', maxField: '20b', maxParts: 4, types: ['image/*'] };

it.each<[what: string, parts: readonly Part[]]>([
  ['a file', [file('file')]],
  ['a file and fields', [{ name: 'note', content: 'é — hello' }, file('file', 'x'.repeat(100)), { name: 'attachments[0]', content: 'x'.repeat(20) }]],
  ['two files, one of them empty', [file('file'), file('attachments[12]', '')]],
])('%s passes byte for byte, however it is cut', async (_what, parts) => {
  const text = form(parts);
  for (const size of [1, 2, 3, 7, 64, text.length]) expect(await passed(text, rules, size)).toBe(text);
});

it.each<[what: string, text: string, type: ProblemType, field: string | null, detail: string]>([
  ['a field nobody expects', form([file('file'), { name: 'role', content: 'admin' }]), problems.unprocessable, 'role', 'is not expected; expected: file, note, attachments[*]'],
  ['a file nobody expects', form([file('avatar')]), problems.unprocessable, 'avatar', 'is not expected'],
  ['a field without a name', form([{ content: 'x' }, file('file')]), problems.unprocessable, '', 'has no name'],
  ['too many files', form([file('file'), file('attachments[0]'), file('attachments[1]')]), problems.unprocessable, 'attachments[1]', 'one file too many; there may be 2'],
  ['too many parts', form(Array.from({ length: 5 }, () => ({ name: 'note' }))), problems.unprocessable, 'note', 'there may be 4 parts'],
  ['a field that is missing', form([{ name: 'note' }]), problems.unprocessable, 'file', 'is missing'],
  ['a file that is too large', form([file('file', 'x'.repeat(101))]), problems.bodyTooLarge, 'file', 'over the limit of 100 bytes'],
  ['a value that is too large', form([{ name: 'note', content: 'x'.repeat(21) }]), problems.bodyTooLarge, 'note', 'over the limit of 20 bytes'],
  ['a file of another type', form([file('file', 'x', 'text/html')]), problems.unsupportedMediaType, 'file', 'of the type text/html; accepted: image/*'],
  ['no end', form([file('file')], ''), problems.invalidBody, null, 'cannot be read'],
  ['a part that says nothing of itself', form([file('file'), { head: 'X: 1' }]), problems.invalidBody, null, 'no field of a form'],
  ['a part that says it is something else', form([file('file'), { head: 'Content-Disposition: attachment; name="role"' }]), problems.invalidBody, null, 'no field of a form'],
  ['no form at all', 'hello', problems.invalidBody, null, 'cannot be read'],
  ['a part that only readers of half line ends see', form([file('file', '\n--b 1\nContent-Disposition: form-data; name="role"\n\nadmin')]), problems.invalidBody, null, 'no field of a form'],
  ['a part that only readers see who do not stop', form([file('file')]) + form([{ name: 'role', content: 'admin' }]), problems.invalidBody, null, 'follows its end'],
  ['a part with two names', form([{ head: 'Content-Disposition: form-data; name="note"; name="role"' }, file('file')]), problems.invalidBody, null, 'more than one name'],
  ['a part with two names, one of them in code', form([{ head: 'Content-Disposition: form-data; name="note"; name*=utf-8\'\'role' }, file('file')]), problems.invalidBody, null, 'more than one name'],
])('refuses %s, and never lets the end of it go', async (_what, text, type, field, detail) => {
  for (const size of [1, 16, text.length]) {
    const problem = await passed(text, rules, size).catch((error: unknown) => error);
    expect(problem).toMatchObject({ type, detail: expect.stringContaining(detail) });
    if (field !== null) expect(problem).toMatchObject({ extras: { members: { errors: [{ path: field }] } } });
  }
});

it('needs a boundary', () => {
  expect(() => new MultipartBody(Readable.from([]), 'multipart/form-data', compileMultipartRules(multipartSchema.parse({}))())).toThrow('names no boundary');
});

it('breaks off its source when nobody wants it any more', async () => {
  const source = new Readable({ read() {} });
  const body = new MultipartBody(source, TYPE, compileMultipartRules(multipartSchema.parse({}))());
  body.destroy();
  await new Promise((resolve) => source.once('close', resolve));
  expect(source.destroyed).toBe(true);
});
