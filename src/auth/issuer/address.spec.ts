import { addressIn } from './metadata.js';
import { issuerAddress } from './address.js';

it.each([
  ['https://issuer.example.com/realms/a', false],
  ['http://127.0.0.1:8080', false],
  ['http://[::1]:8080/jwks', false],
  ['http://localhost:8080', false],
  ['http://issuer.internal', true],
])('takes %s', (text, insecure) => {
  expect(issuerAddress(text, 'discover', insecure).href.replace(/\/$/, '')).toBe(text);
});

it.each([
  ['https://issuer.example.com', 'https://keys.example.com/jwks', false, true],
  ['http://127.0.0.1:1', 'http://127.0.0.1:2/jwks', false, true],
  ['https://issuer.example.com', 'http://127.0.0.1:9200/_all', false, false],
  ['https://issuer.example.com', 'http://localhost:9200/_all', false, false],
  ['https://issuer.example.com', 'http://localhost:9200/_all', true, true],
])('of the issuer %s, %s (insecure: %s) is an address: %s', (issuer, named, insecure, good) => {
  const look = () => addressIn({ issuer, jwks_uri: named }, 'jwks_uri', insecure);
  if (good) expect(look().href).toBe(named);
  else expect(look).toThrow(/must begin with https/);
});

it.each([
  ['http://issuer.example.com', /must begin with https/],
  ['http://127.0.0.1.example.com', /must begin with https/],
  ['http://localhost.example.com', /must begin with https/],
  ['ftp://issuer.example.com', /is not an address/],
  ['issuer.example.com', /is not an address/],
  ['https://a:b@issuer.example.com', /holds a password/],
])('refuses %s', (text, message) => {
  expect(() => issuerAddress(text, 'discover', false)).toThrow(message);
});
