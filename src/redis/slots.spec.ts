import { slotOf } from './slots.js';

// The check value of the CRC is in the specification; the others are what Redis 7 answers to CLUSTER KEYSLOT.
it.each<[string, number]>([
  ['123456789', 0x31c3], ['', 0], ['foo', 12_182], ['passerelle:limit:{a}:b', 15_495], ['{a}', 15_495], ['{}a', 10_875], ['{{a}}', 10_276], ['a{', 14_311], ['ключ', 10_303], ['a}b{c}', 7365],
])('%s is in slot %i', (key, slot) => expect(slotOf(key)).toBe(slot));
