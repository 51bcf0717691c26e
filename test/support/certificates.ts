import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate with its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

interface Wish {
  /** Names and addresses it is for, e.g. `DNS:localhost`. Default: localhost and 127.0.0.1. */
  readonly names?: string;
  /** Days it is valid, from now; negative for one that has expired. Default: 2. */
  readonly days?: number;
  /** Seconds it is valid, instead. */
  readonly seconds?: number;
  readonly cn?: string;
  /** Name in full, as OpenSSL writes it: `/O=Acme/CN=x`. Default: only the common name. */
  readonly subject?: string;
}

/** A certificate authority that lives for one test, in a folder of its own. */
export class Authority implements AsyncDisposable {
  #issued = 0;

  private constructor(private readonly folder: string, readonly cert: string) {}

  static async create(cn = 'test authority'): Promise<Authority> {
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-ca-'));
    await openssl(folder, ['req', '-x509', ...KEY, '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', `/CN=${cn}`]);
    return new Authority(folder, await readFile(join(folder, 'ca.pem'), 'utf8'));
  }

  async issue({ names = 'DNS:localhost,IP:127.0.0.1', days = 2, seconds = days * 86_400, cn = 'service', subject = `/CN=${cn}` }: Wish = {}): Promise<Identity> {
    const name = `leaf${++this.#issued}`;
    await writeFile(join(this.folder, `${name}.ext`), `subjectAltName=${names}\n`);
    await openssl(this.folder, ['req', ...KEY, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject]);
    const [from, to] = [Math.min(0, days) - 1, seconds / 86_400].map((day) => stamp(day)) as [string, string];
    await openssl(this.folder, ['ca', '-batch', '-notext', '-config', await this.#config(), '-in', `${name}.csr`, '-out', `${name}.pem`, '-startdate', from, '-enddate', to, '-extfile', `${name}.ext`]);
    const [cert, key] = await Promise.all(['pem', 'key'].map((kind) => readFile(join(this.folder, `${name}.${kind}`), 'utf8'))) as [string, string];
    return { cert, key };
  }

  /** The list of revoked certificates. */
  async revoked(...certificates: readonly Identity[]): Promise<string> {
    const entries = certificates.map(({ cert }) => `R\t${stamp(2)}\t${stamp(-1)}\t${new X509Certificate(cert).serialNumber}\tunknown\t/CN=x\n`);
    const config = await this.#config();
    await writeFile(join(this.folder, 'index.txt'), entries.join(''));
    return await openssl(this.folder, ['ca', '-gencrl', '-config', config, '-crldays', '2']);
  }

  /** `openssl x509` cannot date back; the `ca` command can, and wants its small database. */
  async #config(): Promise<string> {
    await Promise.all([writeFile(join(this.folder, 'index.txt'), ''), writeFile(join(this.folder, 'serial'), `0${this.#issued}`.slice(-2) + '\n')]);
    await writeFile(join(this.folder, 'ca.cnf'), '[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\norganizationName=optional\norganizationalUnitName=optional\ncommonName=optional\n');
    return 'ca.cnf';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** The same key, encrypted with a passphrase. */
export async function encrypted(key: string, passphrase: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-key-'));
  try {
    await writeFile(join(folder, 'plain.key'), key);
    return await openssl(folder, ['pkcs8', '-topk8', '-in', 'plain.key', '-passout', `pass:${passphrase}`]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

async function openssl(folder: string, parameters: readonly string[]): Promise<string> {
  return (await run('openssl', parameters, { cwd: folder })).stdout;
}

/** `YYMMDDHHMMSSZ`, so many days from now. */
function stamp(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replace(/^..|[-:T]|\.\d+/g, '');
}
