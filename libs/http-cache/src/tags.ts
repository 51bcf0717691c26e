import { fieldValues } from './fields.js';
import { parseStringList } from './targeted.js';

const MOST_TAGS = 64;
const MOST_LENGTH = 256;

/**
 * What a response can be purged by. `cache-groups` is a structured list of strings (RFC 9875); others are words between
 * commas or spaces.
 *
 * @param tagHeaders lower-case names.
 * @returns at most 64 tags of at most 256 characters, each once; longer ones are left out, as part of one is another.
 */
export function tagsOf(flat: readonly string[], tagHeaders: readonly string[]): readonly string[] {
  const tags = new Set<string>();
  for (const name of tagHeaders) {
    const values = fieldValues(flat, name);
    if (values.length === 0) continue;
    const words = name === 'cache-groups' ? (parseStringList(values) ?? []) : values.join(',').split(/[\s,]+/);
    for (const word of words) {
      if (tags.size >= MOST_TAGS) return [...tags];
      if (word !== '' && word.length <= MOST_LENGTH) tags.add(word);
    }
  }
  return [...tags];
}
