import { passerelle } from '../lib/passerelle.mjs';

export const passerelleCached = passerelle({ name: 'passerelle-cached', file: 'cached.yaml' });
