/** What the API server said instead of an answer; the message is for people. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Milliseconds it asks to be left alone for; 0 when it does not say. */
    readonly wait: number,
  ) {
    super(message);
  }
}

/** What was asked, for the reason of a refusal. */
export interface Question {
  readonly verb: 'list' | 'watch';
  readonly namespace: string;
  readonly tokenFile: string;
}

/** An answer other than 200. */
export interface Denial {
  readonly status: number;
  /** In seconds; the API server sends no dates. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Makes a sentence of an answer other than 200 that says what to do about it. */
export function refusalOf({ verb, namespace, tokenFile }: Question, { status, retryAfter, body }: Denial): Refusal {
  const wait = /^\d{1,4}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1_000 : 0;
  return new Refusal(`${headline()}${detailOf(body)}`, status, wait);

  function headline(): string {
    switch (status) {
      case 401: return `the API server does not accept the token in ${tokenFile} (401)`;
      case 403: return `the gateway may not ${verb} endpointslices of discovery.k8s.io in the namespace ${namespace} (403): a Role there has to allow the verb ${verb}, see deploy/kubernetes/base/rbac.yaml`;
      case 404: return 'the API server does not know EndpointSlices of discovery.k8s.io/v1 (404), which came with Kubernetes 1.21';
      default: return `the API server answered the ${verb} of endpointslices with ${status}`;
    }
  }
}

/** The message of a `Status` of Kubernetes, short and on one line. */
function detailOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' ? `: ${message.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 300)}` : '';
  } catch {
    return '';
  }
}

/** Why a connection, a file or an answer is of no use, for people. */
export function reasonOf(error: unknown, server: string): string {
  if (error instanceof Refusal) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return `the API server ${server} cannot be asked: ${message || code || 'unknown'}`.slice(0, 500);
}
