import { parentPort, workerData } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/*
 * Runs in a thread of its own, once for each check: bcrypt is slow by design, and this one is plain JavaScript. Node runs
 * this very file, as TypeScript from the sources.
 */

const { forms, stored } = workerData as { readonly forms: readonly string[]; readonly stored: string };
// All of them, so that it takes as long whichever is right.
parentPort?.postMessage(forms.map((form) => compareSync(form, stored)).includes(true));
