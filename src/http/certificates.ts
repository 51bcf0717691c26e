import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type Server } from 'node:tls';
import { fingerprint, secureContextOptions, type KeyPair, type ServerTlsConfig, type TlsMaterial } from '../config/index.js';

type Settings = Pick<ServerTlsConfig, 'minVersion' | 'ciphers' | 'clients'>;

/** The certificates a TLS server shows, by the name a client asks for (SNI). They may change while it runs. */
export class Certificates {
  #material: TlsMaterial;
  #mark: string;
  #named: ReadonlyMap<string, SecureContext>;
  readonly #servers: Server[] = [];
  readonly #doubters: (() => void)[] = [];

  /** @throws Error when OpenSSL refuses one of them; loading the configuration has tried it before. */
  constructor(private readonly settings: Settings, material: TlsMaterial) {
    this.#material = material;
    this.#mark = fingerprint(material);
    this.#named = this.#contexts(material);
  }

  /** Whether clients are asked for one. */
  get clients(): Settings['clients'] {
    return this.settings.clients;
  }

  /** What a client gets that asks for no name, or for one that no certificate has. */
  get first() {
    return secureContextOptions(this.settings, this.#material, this.#material.pairs[0] as KeyPair);
  }

  /** One more server shows them; it has got `first`. */
  shownBy(server: Server): void {
    this.#servers.push(server);
  }

  /**
   * Shows others from now on: connections that stand go on with what they have. Session tickets are void with it, so that
   * nobody comes back with a certificate that has been revoked since. Where others vouch for clients, or other certificates
   * are revoked, what clients proved before is proved no longer.
   */
  adopt(material: TlsMaterial): void {
    const mark = fingerprint(material);
    if (mark === this.#mark) return;
    const doubtful = fingerprint([material.ca, material.crl]) !== fingerprint([this.#material.ca, this.#material.crl]);
    this.#named = this.#contexts(material);
    this.#material = material;
    this.#mark = mark;
    for (const server of this.#servers) server.setSecureContext(this.first);
    if (doubtful) for (const doubt of this.#doubters) doubt();
  }

  /** @param doubt called when those who showed a certificate have to show it again. */
  onDoubt(doubt: () => void): void {
    this.#doubters.push(doubt);
  }

  /** @param name as the client sent it. */
  for(name: string): SecureContext | undefined {
    const lower = name.toLowerCase();
    return this.#named.get(lower) ?? this.#named.get(`*${lower.slice(lower.indexOf('.'))}`);
  }

  /** The first certificate that has a name gets it. */
  #contexts(material: TlsMaterial): ReadonlyMap<string, SecureContext> {
    const named = new Map<string, SecureContext>();
    for (const pair of material.pairs) {
      const context = createSecureContext(secureContextOptions(this.settings, material, pair));
      for (const name of namesOf(new X509Certificate(pair.cert))) if (!named.has(name)) named.set(name, context);
    }
    return named;
  }
}

/** RFC 6125 6.4.4: the common name counts only where there are no alternative names. */
function namesOf({ subjectAltName, subject }: X509Certificate): readonly string[] {
  const names = [...(subjectAltName ?? '').matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name]) => (name as string).toLowerCase());
  if (names.length > 0 || subjectAltName !== undefined) return names;
  const common = /^CN=([\w*.-]+)$/m.exec(subject ?? '')?.[1];
  return common === undefined ? [] : [common.toLowerCase()];
}
