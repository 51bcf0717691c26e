/**
 * FNV-1a, 32 bits, over the UTF-16 code units of a part of a text, then the mixing step. Fast and allocates nothing;
 * not for secrets: whoever chooses the text can choose the hash.
 */
export function hashText(text: string, from = 0, to = text.length): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The mixing step of MurmurHash3 (fmix32): every bit in changes about half of the bits out. */
export function mix(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
