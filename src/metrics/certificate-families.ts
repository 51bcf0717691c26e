import type { X509Certificate } from 'node:crypto';
import { certificatesIn, type GatewayConfig } from '../config/index.js';
import { gauge, type MetricFamily } from './metric-family.js';

type Shown = Pick<GatewayConfig, 'tls' | 'services'>;

/** When the certificates end that the gateway shows. They are read once per configuration. */
export class CertificateStats {
  #config: Shown | null = null;
  #family: MetricFamily[] = [];

  families(config: Shown): MetricFamily[] {
    if (config !== this.#config) this.#family = certificateFamilies(config);
    this.#config = config;
    return this.#family;
  }
}

function certificateFamilies({ services, tls }: Shown): MetricFamily[] {
  const chains = [...(tls?.pairs ?? []), ...Object.values(services).map(({ tls: towards }) => towards)].flatMap(({ cert }) => (cert === undefined ? [] : [certificatesIn(cert)]));
  const ends = new Map<string, number>();
  for (const chain of chains) {
    const [first] = chain;
    if (!first) continue;
    const name = nameOf(first);
    // A chain holds as long as its weakest link, and of two for one name the first that ends is the news.
    ends.set(name, Math.min(ends.get(name) ?? Number.POSITIVE_INFINITY, ...chain.map(({ validToDate }) => validToDate.getTime() / 1_000)));
  }
  return [gauge('gateway_certificate_expiry_timestamp_seconds', 'When a certificate that the gateway shows to clients or services, or one between it and its authority, ends; seconds since the epoch.', Array.from(ends, ([certificate, end]) => [{ certificate }, end]), 'min')];
}

/** The first alternative name, or else the common name, or else the whole subject. */
function nameOf({ subject, subjectAltName }: X509Certificate): string {
  const alternative = /^(?:DNS|IP Address|URI):([^,"]+)/.exec(subjectAltName ?? '')?.[1];
  return alternative ?? /^CN=(.+)$/m.exec(subject ?? '')?.[1] ?? (subject ?? '').replaceAll('\n', ', ');
}
