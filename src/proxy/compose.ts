import type { Answer, Exchange, Interceptor, Next } from '#libs/kernel';

/** Folds interceptors, outermost first, around what is innermost: one closure each, made once per route. */
export function compose(interceptors: readonly Interceptor[], innermost: Next): Next {
  return interceptors.reduceRight<Next>((next, interceptor) => (exchange) => interceptor.intercept(exchange, next), innermost);
}

/** Calls `next` so that even what it throws at once is a rejection. */
export async function attempt(next: Next, exchange: Exchange): Promise<Answer> {
  return await next(exchange);
}
