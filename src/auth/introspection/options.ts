import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { duration, listOf, onOff } from '../../config/schema/values.js';
import { claims, place } from '../jwt/options.js';

const text = () => z.string().min(1);

/** Options of the `introspection` authenticator. */
export const introspectionOptions = z.strictObject({
  url: text().optional().describe('Where the issuer tells what a token is worth (RFC 7662). Only `https://`, but for this very machine.'),
  discover: text().optional().describe('An issuer that says itself where that is (OpenID Connect Discovery, RFC 8414), to the letter as it calls itself. Instead of `url`.'),
  clientId: text().describe('Who the gateway is at the issuer.'),
  clientSecret: secretText().describe('The secret of that client.'),
  clientAuth: z.enum(['basic', 'post']).default('basic').describe('How it shows who it is: in the Authorization header, or in the form. Default: basic.'),
  issuer: listOf(text()).default([]).describe('Accepted values of `iss`, where the answer has one. Default: it is not looked at.'),
  audience: listOf(text()).default([]).describe('Accepted values of `aud`; one match suffices. Default: it is not looked at, so a token made for another application passes.'),
  tolerance: duration().prefault('5s').describe('How far the clocks of issuer and gateway may differ, for exp, nbf and iat. Default: 5s.'),
  claims: claims.prefault({}).describe('Where the answer holds what the gateway wants to know.'),
  from: z.array(place).min(1).prefault([{ header: 'Authorization', scheme: 'Bearer' }]).describe('Where to look for the token. Different tokens in two places are refused. Default: Authorization: Bearer.'),
  remember: z.strictObject({
    for: duration().prefault('30s').describe('How long at most; never past `exp`. A token that its issuer takes back is good here for as long. Default: 30s.'),
    refused: duration().prefault('5s').describe('How long a token is remembered that is not active. Default: 5s.'),
    max: z.int().min(0).default(10_000).describe('Tokens to remember, those that are not active apart from the others; 0 asks every time. Default: 10000.'),
  }).prefault({}).describe('Answers are remembered in memory, by a hash of the token.'),
  timeout: duration().prefault('3s').describe('For the answer of the issuer; then 503 `issuer-away`. Default: 3s.'),
  insecure: onOff().default(false).describe('Plain HTTP to the issuer. Danger: tokens and the client’s secret can be read on the way. Default: off.'),
});

export type IntrospectionOptions = z.output<typeof introspectionOptions>;
