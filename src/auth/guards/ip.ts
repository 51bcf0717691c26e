import { z } from 'zod';
import { defineGuard, Problem, problems, type Exchange } from '#libs/kernel';
import { network } from '../../config/schema/network.js';
import { listOf } from '../../config/schema/values.js';
import { compileTrust } from '../../http/trusted-proxies.js';

/** Lets requests through by the address of their client, before anybody is asked who they are. */
export const ip = defineGuard({
  name: 'ip',
  schema: z.strictObject({
    allow: listOf(network()).default([]).describe('Addresses and networks that may, `loopback` and `private` among them; all others may not. Default: all may.'),
    deny: listOf(network()).default([]).describe('Addresses and networks that may not, whatever `allow` says. Default: none.'),
  }),
  create({ allow, deny }) {
    const [allowed, denied] = [compileTrust(allow), compileTrust(deny)];
    const open = allow.length === 0;
    return Object.freeze({
      early: true,
      admit({ client }: Exchange): void {
        if (denied(client) || !(open || allowed(client))) throw new Problem(problems.addressRefused, 'Requests from this address are not let in here.');
      },
    });
  },
});
