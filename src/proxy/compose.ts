import type { Interceptor, Next } from '#libs/kernel';

/** Folds interceptors, outermost first, around what is innermost: one closure each, made once per route. */
export function compose(interceptors: readonly Interceptor[], innermost: Next): Next {
  return interceptors.reduceRight<Next>((next, interceptor) => (exchange) => interceptor.intercept(exchange, next), innermost);
}
