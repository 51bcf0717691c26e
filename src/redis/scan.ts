import { z } from 'zod';
import type { Courier } from './courier.js';

const page = z.tuple([z.string(), z.array(z.string())]);

/** Keys that Redis looks at for one answer: few enough for it to be in time. */
const AT_ONCE = '500';

/** Whole keys that match a pattern of Redis, over all masters. One may come twice, as the SCAN command has it. */
export async function* scanAll(courier: Courier, pattern: string): AsyncGenerator<readonly string[]> {
  for (const master of courier.masters) {
    let cursor = '0';
    do {
      const [next, keys] = page.parse(await master.send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', AT_ONCE]));
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}

/** A pattern that matches just this text. */
export function literally(text: string): string {
  return text.replace(/[\\*?[\]]/g, String.raw`\$&`);
}
