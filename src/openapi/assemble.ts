import type { Entry, OperationObject, ParameterObject, PathsObject } from './openapi-types.js';

/**
 * Puts operations in their places. Of two for one method of one path the first stays: OpenAPI has no words for the hosts
 * and headers that tell them apart. An id that is taken gets a number, unless it stands in the file.
 */
export function assemble(entries: readonly Entry[]): PathsObject {
  const ids = new Set(entries.flatMap(({ fixed, operation: { operationId } }) => (fixed && operationId !== undefined ? [operationId] : [])));
  const written = new Map<string, string>();
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const entry of entries) {
    const shape = entry.path.replaceAll(/\{\w+\}/g, '{}');
    // Paths that differ in the names of their parameters alone are one path.
    const path = written.get(shape) ?? entry.path;
    written.set(shape, path);
    const item = (paths[path] ??= {});
    if (item[entry.method] !== undefined) continue;
    const operation = renamed(entry.operation, namesIn(entry.path), namesIn(path));
    item[entry.method] = entry.fixed ? operation : { ...operation, ...freeId(operation, ids) };
  }
  return paths;
}

function freeId({ operationId }: OperationObject, taken: Set<string>): Pick<OperationObject, 'operationId'> {
  if (operationId === undefined) return {};
  let id = operationId;
  for (let n = 2; taken.has(id); n++) id = `${operationId}_${n}`;
  taken.add(id);
  return { operationId: id };
}

function namesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
}

function renamed(operation: OperationObject, from: readonly string[], to: readonly string[]): OperationObject {
  if (from.every((name, i) => name === to[i])) return operation;
  const parameters = ((operation.parameters ?? []) as ParameterObject[]).map((parameter) => {
    return parameter.in === 'path' ? { ...parameter, name: to[from.indexOf(parameter.name)] ?? parameter.name } : parameter;
  });
  return { ...operation, parameters };
}
