import type { OperationConfig } from '../config/index.js';
import type { OperationObject, ParameterObject, ResponsesObject } from './openapi-types.js';

/** What the file says of an operation, as OpenAPI has it. */
export function toldOf(openapi: OperationConfig | undefined): Partial<OperationObject> {
  if (openapi === undefined || openapi === 'off') return {};
  const { deprecated, description, requestBody, summary, tag } = openapi;
  return {
    ...(tag !== undefined && { tags: [...tag] }),
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(deprecated === true && { deprecated }),
    ...(requestBody !== undefined && { requestBody: requestBody as unknown as NonNullable<OperationObject['requestBody']> }),
  };
}

/** Parameters with those of the file, which replace others of their name. */
export function parametersWith(openapi: OperationConfig | undefined, parameters: readonly ParameterObject[]): ParameterObject[] {
  const own = (openapi === undefined || openapi === 'off' ? undefined : openapi.parameters) as readonly ParameterObject[] | undefined;
  const replaced = new Set(own?.map(keyOf));
  return [...parameters.filter((parameter) => !replaced.has(keyOf(parameter))), ...(own ?? [])];
}

function keyOf(parameter: ParameterObject): string {
  return `${parameter.in} ${parameter.name}`;
}

/** Responses with those of the file in front. */
export function responsesWith(openapi: OperationConfig | undefined, responses: ResponsesObject): ResponsesObject {
  const own = (openapi === undefined || openapi === 'off' ? undefined : openapi.responses) as unknown as ResponsesObject | undefined;
  return { ...responses, ...own };
}
