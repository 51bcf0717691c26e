import { problemCatalogue } from '#libs/kernel';
import { namesIn } from '../layers.js';
import { child, entriesOf, nodeAt, type Node } from '../nodes.js';
import { serviceReferences } from './destinations.js';
import { namesOf, noSuch, settingsOf, type Facts } from './facts.js';

/** Names that must be defined elsewhere in the file. */
export function checkReferences(facts: Facts): void {
  const names = {
    service: namesOf(facts.root, 'services'), policy: namesOf(facts.root, 'policies'), authenticator: namesOf(facts.root, 'authenticate'),
  };
  const check = (kind: keyof typeof names, node: Node | undefined, path: readonly (string | number)[]): void => {
    for (const { name, node: written, index } of namesIn(node)) {
      if (!names[kind].includes(name)) facts.issues.add(written.place, index === null ? path : [...path, index], noSuch(kind, name, names[kind]));
    }
  };
  for (const { path, node } of settingsOf(facts.root)) {
    for (const { node: names, path: key } of authenticatorLists(node)) check('authenticator', names, [...path, ...key]);
    check('policy', child(node, 'use'), [...path, 'use']);
    for (const { node: service, path: key } of serviceReferences(node)) check('service', service, [...path, ...key]);
    if (path[0] === 'endpoints') check('service', child(node, 'services'), [...path, 'services']);
    checkProblemCodes(child(child(node, 'errors'), 'only'), [...path, 'errors', 'only'], facts);
  }
}

/** Every place of `authenticate` that names authenticators. */
function authenticatorLists(settings: Node): readonly { readonly node: Node; readonly path: readonly string[] }[] {
  const authenticate = child(settings, 'authenticate');
  if (!authenticate || (authenticate.kind === 'scalar' && authenticate.value === 'none')) return [];
  if (authenticate.kind !== 'map') return [{ node: authenticate, path: ['authenticate'] }];
  return ['any', 'all'].flatMap((key) => {
    const node = child(authenticate, key);
    return node ? [{ node, path: ['authenticate', key] }] : [];
  });
}

/** Only a warning: plugins define problems of their own when their code first runs. */
function checkProblemCodes(only: Node | undefined, path: readonly string[], { warnings }: Facts): void {
  const codes = problemCatalogue().map(({ code }) => code);
  for (const [code, { keyPlace }] of entriesOf(only)) {
    if (!/^[45]\d\d$/.test(code) && !codes.includes(code)) warnings.add(keyPlace, [...path, code], { ...noSuch('problem', code, codes), allowed: [] });
  }
}

const EXPECTED: readonly (readonly [key: string, section: string])[] = [['route', 'routes'], ['service', 'services']];

/** What tests expect must exist. */
export function checkTests({ root, resolved, issues }: Facts): void {
  const tests = child(root, 'tests');
  const endpoints = [...resolved.written.endpoints.keys()];
  for (const [index, test] of (tests?.kind === 'list' ? tests.items : []).entries()) {
    const at = ['tests', index];
    const check = (kind: string, path: readonly string[], known: readonly string[]): void => {
      const node = nodeAt(test, path);
      if (node?.kind === 'scalar' && typeof node.value === 'string' && !node.broken && !known.includes(node.value)) {
        issues.add(node.place, [...at, ...path], noSuch(kind, node.value, known));
      }
    };
    for (const [key, section] of EXPECTED) check(key, ['expect', key], namesOf(root, section));
    check('endpoint', ['expect', 'endpoint'], endpoints);
    check('authenticator', ['request', 'as', 'authenticator'], namesOf(root, 'authenticate'));
  }
}

/** What is defined and used by nobody: perhaps a name was mistyped where it should be used. */
export function checkUnused({ root, warnings }: Facts): void {
  const used = { services: new Set<string>(), policies: new Set<string>(), authenticate: new Set<string>() };
  const settings = settingsOf(root);
  const collect = (into: Set<string>, node: Node | undefined): void => namesIn(node).forEach(({ name }) => into.add(name));
  for (const { path, node } of settings) {
    collect(used.policies, child(node, 'use'));
    for (const { node: names } of authenticatorLists(node)) collect(used.authenticate, names);
    for (const { node: service } of serviceReferences(node)) collect(used.services, service);
    // Health may tell of a service that nothing is forwarded to.
    if (path[0] === 'endpoints') collect(used.services, child(node, 'services'));
  }
  // A route that names no authenticator takes all of them.
  const anyTakesAll = entriesOf(child(root, 'routes')).length > 0 && !namesOf(root, 'authenticate').every((name) => used.authenticate.has(name)) && settings.some(({ path, node }) => path[0] === 'routes' && !settled(root, node));
  for (const [section, names] of Object.entries(used)) {
    if (section === 'authenticate' && anyTakesAll) continue;
    for (const [name, { keyPlace }] of entriesOf(child(root, section))) {
      if (!names.has(name)) warnings.add(keyPlace, [section, name], `no route uses this`);
    }
  }
}

/** Whether a route says who may call it, itself or through what it inherits. */
function settled(root: Facts['root'], node: Node): boolean {
  const policies = namesIn(child(node, 'use')).map(({ name }) => nodeAt(root, ['policies', name]));
  return [child(root, 'defaults'), ...policies, node].some((layer) => {
    const authenticate = child(layer, 'authenticate');
    return authenticate !== undefined && (authenticate.kind !== 'map' || child(authenticate, 'any') !== undefined || child(authenticate, 'all') !== undefined);
  });
}
