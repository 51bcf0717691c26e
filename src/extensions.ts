import type { Extension } from '#libs/kernel';
import { consistentHash, leastConnections, p2c, random, roundRobin, stickyCookie } from '#libs/balancing';
import { consul, dns, file, kubernetes } from '#libs/discovery';
import { bodyToQuery, csvToJson, jsonBody, jsonToCsv, jsonToXml, listPage, queryToBody, restToGraphql, xmlToJson } from '#libs/transforms';
import { apiKey, certificate, hmac, identity, introspection, ip, jwt, nest, oidc } from './auth/index.js';

/** Everything in the box, one line each. A plugin adds to it; a name can be taken only once within its kind. */
export const builtIns: readonly Extension[] = [
  // authenticators
  apiKey,
  certificate,
  hmac,
  identity,
  introspection,
  jwt,
  oidc,
  // balancers
  consistentHash,
  leastConnections,
  p2c,
  random,
  roundRobin,
  stickyCookie,
  // discoveries
  consul,
  dns,
  file,
  kubernetes,
  // guards
  ip,
  nest,
  // transforms
  bodyToQuery,
  csvToJson,
  jsonBody,
  jsonToCsv,
  jsonToXml,
  listPage,
  queryToBody,
  restToGraphql,
  xmlToJson,
] as unknown as readonly Extension[];
