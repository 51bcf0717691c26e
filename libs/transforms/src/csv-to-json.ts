import { z } from 'zod';
import { defineTransform } from '#libs/kernel';
import { textOf } from './charset.js';
import { isCsv, separator } from './csv-message.js';
import { stringifyExact } from './exact-json.js';
import { compileFormat, formatShape } from './format.js';
import { putKey } from './json-path.js';
import { Room } from './room.js';
import { typedText } from './typed-text.js';
import { Unreadable } from './unreadable.js';

const schema = z.strictObject({
  ...formatShape,
  separator: separator(),
  header: z.union([z.literal('first'), z.literal('none'), z.array(z.string().min(1)).min(1)]).default('first').describe('Names of the columns: in the first line, none (then rows are lists), or these (then there is no such line). Default: first.'),
  values: z.enum(['text', 'typed']).default('text').describe('`typed` makes numbers, booleans, and `null` of what is empty. Default: text.'),
});

/** Makes JSON of CSV (RFC 4180): a list with an object for each row. `json-body` with `wrap` puts it below a key. */
export const csvToJson = defineTransform({
  name: 'csv-to-json',
  schema,
  create: (options) => {
    const value = options.values === 'typed' ? typedText : (text: string) => text;
    return compileFormat({
      name: 'csv-to-json', from: 'CSV', takes: isCsv, accept: ['text/csv'], type: 'application/json',
      async convert(bytes, headers) {
        const rows = await rowsOf(textOf(bytes, headers), options.separator);
        if (options.header === 'none') return stringifyExact(rows.map((row) => row.map(value)));
        const names = options.header === 'first' ? (rows.shift() ?? []) : options.header;
        if (new Set(names).size < names.length) throw new Unreadable('Two columns of the CSV have the same name');
        const room = new Room(options.max);
        return stringifyExact(rows.map((row, index) => {
          room.take(names.slice(0, row.length).reduce((sum, { length }) => sum + length, row.length));
          return objectOf(names, row.map(value), index);
        }));
      },
    }, options);
  },
});

async function rowsOf(text: string, delimiter: string): Promise<string[][]> {
  const { default: papa } = await import('papaparse');
  const { data, errors: [mistake] } = papa.parse<string[]>(text, { delimiter, header: false, skipEmptyLines: true });
  if (mistake) throw new Unreadable(`The body is not valid CSV: ${mistake.message} (row ${(mistake.row ?? 0) + 1})`);
  return data;
}

function objectOf(names: readonly string[], values: readonly unknown[], index: number): Record<string, unknown> {
  if (values.length > names.length) throw new Unreadable(`Row ${index + 1} of the CSV has more values than there are columns`);
  const fields: Record<string, unknown> = {};
  values.forEach((value, column) => putKey(fields, names[column] as string, value));
  return fields;
}
