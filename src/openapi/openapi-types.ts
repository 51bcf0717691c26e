import type { OpenAPIObject } from '@nestjs/swagger';

// @nestjs/swagger exports the type of the whole document only.
export type PathsObject = OpenAPIObject['paths'];
export type OperationObject = NonNullable<PathsObject[string]['get']>;
export type ParameterObject = Extract<NonNullable<OperationObject['parameters']>[number], { in: unknown }>;
export type SecuritySchemeObject = Extract<NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>[string], { type: unknown }>;
