import { z } from 'zod';

/**
 * Path of a file that the gateway reads. The `file` mark is for tools that read schemas: such a setting may stand only in
 * the gateway's own files, since whoever may write one elsewhere could read ours with it.
 */
export const filePath = () => z.string().min(1, { error: 'expected the path of a file' }).meta({ file: true });
