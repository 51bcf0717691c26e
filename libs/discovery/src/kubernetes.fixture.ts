import type { Address, Finder } from '#libs/kernel';

/** A slice of the service `users` as a watch or a list carries it. */
export function sliceJson(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    metadata: { name, resourceVersion: '7' }, addressType: 'IPv4', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }], ...more,
  };
}

/** Takes down what is found, as URLs, and why it is lost. */
export class Notes implements Finder {
  readonly told: string[] = [];
  last: readonly Address[] = [];

  found(addresses: readonly Address[]): void {
    this.last = addresses;
    this.told.push(addresses.map(({ url }) => url.replace('http://', '')).toSorted().join(' '));
  }

  lost(why: string): void {
    this.told.push(`lost: ${why}`);
  }
}
