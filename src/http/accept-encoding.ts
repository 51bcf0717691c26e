const REMEMBERED = 256;
/** Browsers send some 30 characters. */
const LONGEST = 512;

/** Chooses a content coding for an `Accept-Encoding` value; `null` to leave the content as it is. */
export type EncodingChoice<E extends string> = (acceptEncoding: string | undefined) => E | null;

/**
 * Compiles the negotiation of RFC 9110 12.5.3: the coding the client weighs highest, among equals the first of ours.
 * Where the client accepts neither a coding of ours nor `identity`, the content still leaves as it is: no client is
 * helped by a 406.
 */
export function compileEncodingChoice<E extends string>(ours: readonly E[]): EncodingChoice<E> {
  const known = new Map<string, E | null>();
  return (acceptEncoding) => {
    if (acceptEncoding === undefined || acceptEncoding.length > LONGEST) return null;
    const before = known.get(acceptEncoding);
    if (before !== undefined) return before;
    const chosen = choose(ours, readWeights(acceptEncoding));
    // Clients choose these texts: the memory must not grow with them.
    if (known.size >= REMEMBERED) known.clear();
    known.set(acceptEncoding, chosen);
    return chosen;
  };
}

function choose<E extends string>(ours: readonly E[], weights: ReadonlyMap<string, number>): E | null {
  const others = weights.get('*') ?? 0;
  let best: E | null = null;
  // A client that names identity and prefers it gets it.
  let highest = weights.get('identity') ?? 0;
  for (const encoding of ours) {
    const weight = weights.get(encoding) ?? others;
    if (weight > highest || (weight === highest && weight > 0 && best === null)) {
      best = encoding;
      highest = weight;
    }
  }
  return best;
}

function readWeights(acceptEncoding: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    // RFC 9110 8.4.1.3: x-gzip is gzip.
    if (coding !== '' && weight >= 0 && weight <= 1) weights.set(coding === 'x-gzip' ? 'gzip' : coding, weight);
  }
  return weights;
}
