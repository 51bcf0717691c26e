import { createHmac } from 'node:crypto';

const ENCODINGS = { base64rawurl: 'base64url', hex: 'hex' };
const crypto = { hmac: (algorithm, secret, data, encoding) => createHmac(algorithm, secret).update(data).digest(ENCODINGS[encoding]) };
export default crypto;
