import { ExtensionRegistry } from '#libs/kernel';
import { builtIns } from './config.fixture.js';
import { referencePage } from './reference.js';

describe('referencePage', () => {
  const page = referencePage(new ExtensionRegistry(builtIns));

  it.each([
    ['a number with its default', '| `port` | whole number | `8000` |'],
    ['a unit', '| `limits.url` | size | `8KiB` | Longest request target; over it: 414. |'],
    ['a choice', '| `mode` | `append` or `replace` | `append` |'],
    ['a nested list', '| `targets[].weight` | whole number | `1` |'],
    ['a setting', '| `total` | `off` or duration | `30s` |'],
    ['a named map', '| `match.headers.<name>.prefix` | text |'],
    ['options of an extension', '| `lifetime` | whole number | `60` | Seconds. |'],
    ['a link to them', '| `balance` | [`use: p2c`](#use-p2c) | `{"use":"p2c"}` |'],
    ['an extension point that is empty', 'None is in the box; plugins bring them.'],
  ])('tells %s', (_name, expected) => {
    expect(page).toContain(expected);
  });

  it('keeps tables whole', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.filter((row) => row.replaceAll('\\|', '').split('|').length !== 6)).toEqual([]);
  });

  it('writes settings once', () => {
    expect(page.split('### timeout')).toHaveLength(2);
    expect(page).not.toContain('`timeout.total` | `off` or duration');
  });
});
