/** It has no types of its own; what tests use of it is described where they do. */
declare module 'oidc-provider' {
  const Provider: unknown;
  export default Provider;
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  export const createMemoryAdapter: unknown;
}
