import { z } from 'zod';
import { Secret } from './secret.js';
import { secretText } from './secret-schema.js';

describe('secretText', () => {
  it('parses text into a Secret that keeps the value and never prints it', () => {
    const parsed = z.strictObject({ secret: secretText() }).parse({ secret: 'hunter2hunter2' });
    expect(parsed.secret).toBeInstanceOf(Secret);
    expect(parsed.secret.reveal()).toBe('hunter2hunter2');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it.each<[unknown, string]>([['', 'empty text'], [7, 'a number'], [null, 'null']])('refuses %p (%s)', (value) => {
    expect(secretText().safeParse(value).success).toBe(false);
  });

  it('carries the mark, also below a description', () => {
    expect(secretText().describe('The key.').meta()).toMatchObject({ secret: true, description: 'The key.' });
  });
});
