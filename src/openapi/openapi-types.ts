import type { OpenAPIObject } from '@nestjs/swagger';

// @nestjs/swagger exports the type of the whole document only.
export type PathsObject = OpenAPIObject['paths'];
export type ComponentsObject = NonNullable<OpenAPIObject['components']>;
export type OperationObject = NonNullable<PathsObject[string]['get']>;
export type ResponsesObject = OperationObject['responses'];
export type ResponseObject = Extract<NonNullable<ResponsesObject[string]>, { description: string }>;
export type ParameterObject = Extract<NonNullable<OperationObject['parameters']>[number], { in: unknown }>;
export type SecuritySchemeObject = Extract<NonNullable<ComponentsObject['securitySchemes']>[string], { type: unknown }>;

/** Methods in the order in which documents name them. */
export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** One operation on its way into the document. */
export interface Entry {
  /** With `{name}` segments. */
  readonly path: string;
  /** In lower case. */
  readonly method: string;
  readonly operation: OperationObject;
  /** Its id stands in the file, and is never changed. */
  readonly fixed: boolean;
}
