import { events } from '#libs/kernel';
import { Failure } from './failure.js';

/**
 * Runs what starts a gateway, and turns what a user can mend into words for the user.
 * @throws Failure for a port that cannot be had, and for a configuration that is well-formed but cannot be applied.
 */
export async function explained<T>(begin: () => Promise<T>): Promise<T> {
  let refused = '';
  const unsubscribe = events.configurationApplyFailed.subscribe(({ file, errors }) => {
    refused = `${file}: the configuration cannot be applied\n${errors.join('\n')}`;
  });
  try {
    return await begin();
  } catch (error) {
    const advice = refused === '' ? listenAdvice(error as NodeJS.ErrnoException) : refused;
    if (advice === null) throw error;
    throw new Failure(advice, { cause: error });
  } finally {
    unsubscribe();
  }
}

function listenAdvice(error: NodeJS.ErrnoException & { address?: string; port?: number }): string | null {
  const where = `${error.address ?? ''}:${error.port ?? ''}`;
  switch (error.code) {
    case 'EADDRINUSE': return `Port ${error.port} is in use (${where}). Choose another with --port, or 0 for any free one.`;
    case 'EACCES': return `No permission to listen on ${where}. Ports below 1024 need rights; choose another with --port.`;
    case 'EADDRNOTAVAIL': return `This machine has no address ${error.address}. Choose another with --host.`;
    case 'ENOTFOUND': return `The host to listen on is not known: ${error.message}`;
    default: return null;
  }
}
