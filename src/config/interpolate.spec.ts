import { interpolate } from './interpolate.js';
import { Issues } from './issues.js';
import { nodeAt } from './nodes.js';
import { parseYaml } from './parse-yaml.js';
import { ConfigFolder } from './config.fixture.js';

function value(text: string, env: Readonly<Record<string, string>>, folder = '/nowhere') {
  const issues = new Issues();
  const parsed = parseYaml(text, { name: 'gateway.yaml', folder }, issues);
  if (!parsed) throw new Error('The text of this test is not YAML');
  const node = nodeAt(interpolate(parsed, env, issues), ['a']);
  return { value: node?.kind === 'scalar' ? node.value : undefined, from: node?.kind === 'scalar' ? node.from : undefined, issues: issues.sorted() };
}

describe('interpolate', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['plain text', {}, 'plain text'],
    ['${NAME}', { NAME: 'x' }, 'x'],
    ['http://${HOST}:${PORT}/', { HOST: 'h', PORT: '1' }, 'http://h:1/'],
    ['${NAME:-default}', {}, 'default'],
    ['${NAME:-default}', { NAME: '' }, 'default'],
    ['${NAME}', { NAME: '' }, ''],
    ['${NAME:-}', {}, ''],
    ['${A:-${B:-x}}', {}, 'x'],
    ['${A:-${B:-x}}', { B: 'b' }, 'b'],
    ['${A:-pre ${B} post}', { B: 'b' }, 'pre b post'],
    ['${A:-[{"url":"http://h"}]}', {}, '[{"url":"http://h"}]'],
    ['$${NAME}', { NAME: 'x' }, '${NAME}'],
    ['a$${b}-${NAME}', { NAME: 'x' }, 'a${b}-x'],
    ['costs $5 and {placeholder}', {}, 'costs $5 and {placeholder}'],
    ['${NAME}', { NAME: '${OTHER}' }, '${OTHER}'],
    ['${A:-a:-b}', {}, 'a:-b'],
  ])('%s with %p is %s', (text, env, expected) => {
    const result = value(`a: '${text}'`, env);
    expect(result.issues).toEqual([]);
    expect(result.value).toBe(expected);
  });

  it.each<[string, string]>([
    ['${NAME}', 'the environment variable NAME is not set'],
    ['${NAME', 'never closed'],
    ['${}', 'expected `${NAME}`'],
    ['${NAME-x}', 'expected `${NAME}`'],
    ['${1A}', 'expected `${NAME}`'],
    ['${A:-${B}}', 'the environment variable B is not set'],
    ['${file:none.txt}', 'none.txt: there is no such file'],
    ['${constructor}', 'the environment variable constructor is not set'],
  ])('%s is a mistake with its line', (text, message) => {
    const [issue, ...others] = value(`x: 1\na: '${text}'`, {}).issues;
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ file: 'gateway.yaml', line: 2, column: 4, path: 'a' });
    expect(issue?.message).toContain(message);
  });

  it('names the nearest variable', () => {
    expect(value('a: ${JWT_SECRT}', { JWT_SECRET: 'x' }).issues[0]?.suggestion).toBe('JWT_SECRET');
  });

  it.each([['secret.txt', 'hunter2\n', 'hunter2'], ['two.txt', 'a\nb\r\n', 'a\nb'], ['bare.txt', 'x', 'x']])('reads %s beside the file and drops its last line ending', (name, content, expected) => {
    using folder = new ConfigFolder({ [name]: content });
    expect(value(`a: \${file:${name}}`, {}, folder.path)).toMatchObject({ value: expected, from: 'file', issues: [] });
    expect(value('a: ${file:${DIR}/' + name + '}', { DIR: folder.path }).value).toBe(expected);
  });

  it('tells defaults, which stand in the file, from variables', () => {
    expect(value('a: ${NAME:-x}', {}).from).toBe('text');
    expect(value('a: ${NAME:-x}', { NAME: 'y' }).from).toBe('variable');
  });
});
