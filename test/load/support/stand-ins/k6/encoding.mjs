const ENCODINGS = { rawurl: 'base64url', std: 'base64' };
const encoding = { b64encode: (text, variant = 'std') => Buffer.from(text).toString(ENCODINGS[variant]) };
export default encoding;
