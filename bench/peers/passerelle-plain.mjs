import { passerelle } from '../lib/passerelle.mjs';

export const passerellePlain = passerelle({ name: 'passerelle-plain', file: 'plain.yaml' });
