import { chromium, type Browser } from 'playwright-core';
import { ensureCommand } from './apt.js';

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/**
 * Where Chromium is: `CHROMIUM` says it, or it is on the path, or Debian's package brings it.
 * @returns `null`, after saying so, where there is none and nobody insists.
 * @throws Error in CI, where no test may be skipped.
 */
export async function findChromium(): Promise<string | null> {
  const path = process.env['CHROMIUM'] ?? (await ensureCommand('chromium', 'chromium'));
  if (path !== null) return path;
  const message = 'There is no Chromium: the browser tests cannot run. Install it, or set CHROMIUM to its path.';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
  return null;
}

/** Starts a browser without a window, and with a profile of its own. */
export function startChromium(executablePath: string): Promise<Browser> {
  // Chromium's own sandbox refuses to run as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...QUIET, ...sandbox] });
}
