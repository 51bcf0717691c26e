import { z } from 'zod';
import { defineTransform } from '#libs/kernel';
import { separator } from './csv-message.js';
import { isContainer, parseExact, scalarText, stringifyExact } from './exact-json.js';
import { compileFormat, formatShape } from './format.js';
import { isJson, isUtf8 } from './json-message.js';
import { compileFixedPath, valueAt, type JsonPath } from './json-path.js';
import { compiles } from './options.js';
import { Unreadable } from './unreadable.js';

const path = z.string().superRefine(compiles(compileFixedPath));

const schema = z.strictObject({
  ...formatShape,
  rows: path.optional().describe('Path of the list whose items are the rows, e.g. `data`. Default: the body itself; one object is one row.'),
  columns: z.union([z.array(path).min(1), z.record(z.string().min(1), path)]).optional().describe('Paths of the values, in their order; or a map of column name to path, e.g. `{ Name: user.name }`. Default: every key there is, in the order it is met.'),
  separator: separator(),
  header: z.boolean().default(true).describe('Whether the first line names the columns. Default: true.'),
  formulas: z.enum(['escape', 'keep']).default('escape').describe('What happens to texts that a spreadsheet would run, such as `=1+1`: they get a quote in front, or stay. Default: escape. Danger: `keep` lets whoever wrote a value run it on the machine of whoever opens the file.'),
  mark: z.boolean().default(false).describe('Whether the file begins with a byte order mark, without which Excel takes accents for something else. Default: false.'),
});

/** A spreadsheet runs what begins like this, some of them in full width too; plain numbers with a sign are none. */
const FORMULA = /^(?:[=@\t\r\n\uFF1D\uFF20]|[+\-\uFF0B\uFF0D](?!\d+(?:[.,]\d+)?$))/;

/** Makes CSV (RFC 4180) of JSON. Objects and lists within a value become JSON text, `null` nothing. */
export const jsonToCsv = defineTransform({
  name: 'json-to-csv',
  schema,
  create({ columns, formulas, header, mark, rows, separator: delimiter, ...options }) {
    const at = rows === undefined ? [] : compileFixedPath(rows);
    const chosen = columns === undefined ? null : (Array.isArray(columns) ? columns.map((each) => [each, each] as const) : Object.entries(columns)).map(([name, each]) => [name, compileFixedPath(each)] as const);
    return compileFormat({
      name: 'json-to-csv', from: 'JSON', takes: isJson, readable: isUtf8, accept: ['application/json'], type: `text/csv; charset=utf-8; header=${header ? 'present' : 'absent'}`,
      async convert(bytes) {
        const list = listAt(parseExact(bytes), at);
        const wanted = chosen ?? columnsOf(list);
        // Each of many rows may have a key of its own, and then each has a cell for those of all others.
        if (list.length * wanted.length > options.max) throw new Unreadable('What would come of the body is too large', 'too-large');
        const { default: papa } = await import('papaparse');
        const lines = list.map((row) => (Array.isArray(row) ? row.map(cell) : wanted.map(([, each]) => cell(valueAt(row, each)))));
        const titles = header && wanted.length > 0 ? [wanted.map(([name]) => name)] : [];
        const text = papa.unparse([...titles, ...lines], { delimiter, newline: '\r\n', ...(formulas === 'escape' ? { escapeFormulae: FORMULA } : {}) });
        return Buffer.from(`${mark ? '\uFEFF' : ''}${text}${text === '' ? '' : '\r\n'}`);
      },
    }, options);
  },
});

function listAt(body: unknown, at: JsonPath): readonly unknown[] {
  const value = at.length === 0 ? body : valueAt(body, at);
  if (Array.isArray(value)) return value;
  if (!isContainer(value)) throw new Unreadable('There is no list to make rows of');
  return [value];
}

function columnsOf(list: readonly unknown[]): readonly (readonly [string, JsonPath])[] {
  const names = new Set<string>();
  for (const row of list) if (isContainer(row) && !Array.isArray(row)) for (const name of Object.keys(row)) names.add(name);
  return [...names].map((name) => [name, [name]]);
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return isContainer(value) ? stringifyExact(value).toString() : scalarText(value);
}
