import type { AnswerBody } from '#libs/kernel';

/**
 * Reads a body to its end and drops it, so that its connection can be used again; one that is too long is cancelled.
 * @param most bytes. Resolves in any case.
 */
export function drain(body: AnswerBody | null, most: number): Promise<void> {
  if (body === null) return Promise.resolve();
  return new Promise((resolve) => {
    let size = 0;
    const write = (chunk: Uint8Array): boolean => {
      size += chunk.byteLength;
      if (size <= most) return true;
      body.cancel(new Error('Nobody wants the rest of this answer'));
      resolve();
      return false;
    };
    body.attach({ write, end: () => resolve(), fail: () => resolve() });
  });
}
