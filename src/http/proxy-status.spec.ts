import { compileProxyStatus } from './proxy-status.js';

it.each([
  ['passerelle', 'It took too long', 'passerelle; error=connection_timeout; details="It took too long"'],
  ['edge 1', 'a "b" \\c', '"edge 1"; error=connection_timeout; details="a \\"b\\" \\\\c"'],
  ['7edge', 'x', '"7edge"; error=connection_timeout; details="x"'],
  ['passerelle', 'trop long à répondre', 'passerelle; error=connection_timeout'],
  ['passerelle', 'a\r\nX: 1', 'passerelle; error=connection_timeout'],
])('%s, %j', (name, details, expected) => {
  expect(compileProxyStatus(name)('connection_timeout', details)).toBe(expected);
});
