import { isIP } from 'node:net';
import { z } from 'zod';

const NETWORK = 'expected an address, a network such as 10.0.0.0/8, "loopback" or "private"';

/** An address, a network in CIDR form, `loopback` or `private`. */
export const network = () => z.string().refine(isNetwork, { error: NETWORK });

function isNetwork(text: string): boolean {
  if (text === 'loopback' || text === 'private') return true;
  const [address = '', prefix, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
