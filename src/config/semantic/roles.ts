import { namesIn } from '../layers.js';
import { child, entriesOf, nodeAt, type Node } from '../nodes.js';
import { noSuch, settingsOf, type Facts } from './facts.js';
import { rulesIn } from './rules.js';

/** Role names agree with each other. */
export function checkRoles(facts: Facts): void {
  checkAliases(facts);
  checkLadder(facts);
  const known = child(child(facts.root, 'roles'), 'known');
  if (known) checkKnown(namesIn(known).map(({ name }) => name), facts);
}

function checkKnown(known: readonly string[], { root, issues }: Facts): void {
  const aliases = new Map(entriesOf(nodeAt(root, ['roles', 'alias'])).map(([from, { node }]) => [from, node]));
  const check = (node: Node | undefined, path: readonly (string | number)[]): void => {
    for (const { name, node: written } of namesIn(node)) {
      if (known.includes(name)) continue;
      const target = aliases.get(name);
      issues.add(written.place, path, {
        ...noSuch('role', name, known),
        ...(target?.kind === 'scalar' ? { message: `"${name}" is an alias; rules name the role it stands for`, suggestion: String(target.value) } : {}),
      });
    }
  };
  for (const { path, node } of settingsOf(root)) {
    for (const { node: rule, path: key } of rulesIn(node)) {
      const roles = child(rule, 'roles');
      const at = [...path, ...key, 'roles'];
      if (roles?.kind !== 'map') check(roles, at);
      for (const mode of ['any', 'all']) check(child(roles, mode), [...at, mode]);
    }
  }
  for (const section of ['alias', 'implies', 'permissions']) {
    for (const [name, { node, keyPlace }] of entriesOf(nodeAt(root, ['roles', section]))) {
      if (section !== 'permissions') check(node, ['roles', section, name]);
      if (section !== 'alias' && !known.includes(name)) issues.add(keyPlace, ['roles', section, name], noSuch('role', name, known));
    }
  }
  check(nodeAt(root, ['roles', 'superuser']), ['roles', 'superuser']);
}

function checkAliases({ root, issues }: Facts): void {
  const aliases = entriesOf(nodeAt(root, ['roles', 'alias']));
  for (const [name, { node }] of aliases) {
    if (node.kind === 'scalar' && aliases.some(([other]) => other === node.value)) {
      issues.add(node.place, ['roles', 'alias', name], `"${String(node.value)}" is an alias itself; name the role it stands for`);
    }
  }
}

function checkLadder({ root, issues }: Facts): void {
  const ladder = new Map(entriesOf(nodeAt(root, ['roles', 'implies'])).map(([role, { node }]) => [role, namesIn(node).map(({ name }) => name)]));
  const reported = new Set<string>();
  const climb = (role: string, trail: readonly string[]): void => {
    if (trail.includes(role)) {
      const circle = trail.slice(trail.indexOf(role));
      const entry = entriesOf(nodeAt(root, ['roles', 'implies'])).find(([name]) => name === circle[0])?.[1];
      if (entry && !circle.some((name) => reported.has(name))) issues.add(entry.keyPlace, ['roles', 'implies', role], `roles imply each other in a circle: ${[...circle, role].join(' > ')}`);
      circle.forEach((name) => reported.add(name));
      return;
    }
    if (!reported.has(role)) for (const lower of ladder.get(role) ?? []) climb(lower, [...trail, role]);
  };
  for (const role of ladder.keys()) climb(role, []);
}
