import { withoutVariables } from './without-variables.js';

const PREFIX = 'HIDDEN_FOR_A_SPEC_';

beforeEach(() => { process.env[`${PREFIX}A`] = '1'; });
afterEach(() => { delete process.env[`${PREFIX}A`]; });

it('hides them from what is called, and from nobody else', () => {
  expect(withoutVariables(/^HIDDEN_FOR_A_SPEC_/, () => [process.env[`${PREFIX}A`], typeof process.env['PATH']])).toEqual([undefined, 'string']);
  expect(process.env[`${PREFIX}A`]).toBe('1');
});

it('brings them back after an error too', () => {
  expect(() => withoutVariables(/^HIDDEN_FOR_A_SPEC_/, () => { throw new Error('no'); })).toThrow('no');
  expect(process.env[`${PREFIX}A`]).toBe('1');
});
