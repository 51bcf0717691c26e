import type { HttpService } from '@nestjs/axios';
import type { LazyModuleLoader } from '@nestjs/core';

/** Nest's HTTP client, loaded when it is first asked for: axios takes 2 MB, and most gateways never probe a target. */
export function lazyHttp(modules: LazyModuleLoader): () => Promise<HttpService> {
  let http: Promise<HttpService> | null = null;
  return () => (http ??= load(modules));
}

async function load(modules: LazyModuleLoader): Promise<HttpService> {
  const { HttpModule, HttpService: token } = await import('@nestjs/axios');
  const module = await modules.load(() => HttpModule);
  return module.get(token);
}
