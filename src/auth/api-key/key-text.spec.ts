import { digestOfKey, idIn, looksLikeKey, newKeyText } from './key-text.js';

it('makes keys that begin with what they are, and are all different', () => {
  const made = Array.from({ length: 200 }, () => newKeyText('pk'));
  expect(new Set(made.map(({ id }) => id)).size).toBe(200);
  for (const { id, start, text } of made) {
    expect(text).toMatch(/^pk_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect([start, text.startsWith(`${start}_`), idIn(text), looksLikeKey(text)]).toEqual([`pk_${id}`, true, id, true]);
  }
});

it('gives a key another secret and the same id', () => {
  const { id, text } = newKeyText('acme_live');
  const other = newKeyText('acme_test', id);
  expect([other.id, idIn(other.text), idIn(text)]).toEqual([id, id, id]);
  expect(digestOfKey(other.text)).not.toBe(digestOfKey(text));
});

it('notices each letter that is wrong', () => {
  const { text } = newKeyText('pk');
  for (let at = 3; at < text.length; at++) {
    if (text[at] === '_') continue;
    const wrong = text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
    expect([wrong, looksLikeKey(wrong), idIn(wrong)]).toEqual([wrong, true, null]);
  }
});

it.each(['', 'pk', 'pk__', 'pk_0123456789ab_', 'PK_0123456789ab_x', `pk_0123456789ab_${'x'.repeat(50)}`, `pk_0123456789a_${'x'.repeat(49)}`, `_0123456789ab_${'x'.repeat(49)}`, ' '.repeat(100)])('takes %j for none', (text) => {
  expect([looksLikeKey(text), idIn(text)]).toEqual([false, null]);
});
