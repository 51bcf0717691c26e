import type { Exchange } from '#libs/kernel';
import { encode, parameterName, parametersOf, queryOf } from './query-text.js';
import { compileTemplate } from './request-template.js';
import { literalOf } from './template.js';

/** `query:` of a route. */
export interface QuerySettings {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
}

type Edit = (parameters: string[], exchange: Exchange) => string[];

/**
 * Compiles the edits of `exchange.outgoing.query`: remove, then rename, then set. Parameters nobody names keep their
 * bytes and their order, repeated ones too; names compare decoded, so that `%74oken` is `token`. A parameter is set in
 * the place of the first of that name; one whose template comes out empty is left out.
 * @returns `null` when there is nothing to do.
 * @throws TemplateError for an unknown placeholder.
 */
export function compileQuery({ set, remove, rename }: QuerySettings): ((exchange: Exchange) => void) | null {
  const edits = [
    ...(remove.length > 0 || Object.keys(rename).length > 0 ? [compileNames(new Set(remove), new Map(Object.entries(rename)))] : []),
    ...Object.entries(set).map(([name, template]) => compileSet(name, template)),
  ];
  if (edits.length === 0) return null;
  return (exchange) => {
    const { outgoing } = exchange;
    if (!outgoing) return;
    let parameters = parametersOf(outgoing.query);
    for (const edit of edits) parameters = edit(parameters, exchange);
    outgoing.query = queryOf(parameters);
  };
}

function compileNames(removed: ReadonlySet<string>, renamed: ReadonlyMap<string, string>): Edit {
  return (parameters) => {
    const kept: string[] = [];
    for (const parameter of parameters) {
      const name = parameterName(parameter);
      if (removed.has(name)) continue;
      const newName = renamed.get(name);
      const equals = parameter.indexOf('=');
      kept.push(newName === undefined ? parameter : encode(newName) + (equals < 0 ? '' : parameter.slice(equals)));
    }
    return kept;
  };
}

function compileSet(name: string, template: string): Edit {
  const render = compileTemplate(template);
  const mayBeEmpty = literalOf(template) !== null;
  const prefix = `${encode(name)}=`;
  return (parameters, exchange) => {
    const value = render(exchange);
    const first = parameters.findIndex((parameter) => parameterName(parameter) === name);
    const others = first < 0 ? parameters : parameters.filter((parameter) => parameterName(parameter) !== name);
    // A repeated name keeps its first place: what stands before it has another name.
    if (value !== '' || mayBeEmpty) others.splice(first < 0 ? others.length : first, 0, prefix + encode(value));
    return others;
  };
}
