import { filePath } from './path-schema.js';

describe('filePath', () => {
  it('takes any path but an empty one', () => {
    expect(filePath().parse('../a/b.json')).toBe('../a/b.json');
    expect(filePath().safeParse('').success).toBe(false);
  });

  it('carries the mark, also below a description', () => {
    expect(filePath().describe('The file.').meta()).toMatchObject({ file: true, description: 'The file.' });
  });
});
