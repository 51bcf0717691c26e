/** A field of a protobuf message: a number, 8 bytes or text and messages, by wire type. */
interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

export type Value = string | number | boolean | readonly Value[];

/** A span as a collector got it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'other';
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly events: readonly { readonly name: string; readonly at: bigint; readonly attributes: Readonly<Record<string, Value>> }[];
  readonly status: 'unset' | 'ok' | 'error';
  readonly resource: Readonly<Record<string, Value>>;
  readonly scope: string;
}

const KINDS: Readonly<Record<number, ReceivedSpan['kind']>> = { 2: 'server', 3: 'client' };
const STATUSES = ['unset', 'ok', 'error'] as const;

/** Reads an ExportTraceServiceRequest (opentelemetry/proto/collector/trace/v1). */
export function decodeTraces(bytes: Buffer): ReceivedSpan[] {
  return messages(bytes, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1);
    return messages(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = text(messages(scopeSpans, 1)[0] ?? Buffer.alloc(0), 1);
      return messages(scopeSpans, 2).map((span) => decodeSpan(span, resource, scope));
    });
  });
}

function decodeSpan(span: Buffer, resource: ReceivedSpan['resource'], scope: string): ReceivedSpan {
  return {
    traceId: hex(span, 1), spanId: hex(span, 2), parentSpanId: hex(span, 4), name: text(span, 5),
    kind: KINDS[Number(number(span, 6))] ?? 'other', start: number(span, 7), end: number(span, 8), attributes: attributesOf(span, 9),
    events: messages(span, 11).map((event) => ({ at: number(event, 1), name: text(event, 2), attributes: attributesOf(event, 3) })),
    status: STATUSES[Number(number(messages(span, 15)[0] ?? Buffer.alloc(0), 3))] ?? 'unset', resource, scope,
  };
}

function attributesOf(message: Buffer, field: number): Record<string, Value> {
  return Object.fromEntries(messages(message, field).map((pair) => [text(pair, 1), valueOf(messages(pair, 2)[0] ?? Buffer.alloc(0))]));
}

/** An AnyValue. */
function valueOf(message: Buffer): Value {
  const [field] = fields(message);
  if (field === undefined) return '';
  const { number: kind, value } = field;
  if (kind === 1) return (value as Buffer).toString();
  if (kind === 2) return value === 1n;
  if (kind === 3) return Number(BigInt.asIntN(64, value as bigint));
  if (kind === 4) return doubleOf(value as bigint);
  return messages(value as Buffer, 1).map(valueOf);
}

function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function messages(message: Buffer, field: number): Buffer[] {
  return fields(message).filter((each) => each.number === field).map(({ value }) => value as Buffer);
}

function text(message: Buffer, field: number): string {
  return messages(message, field)[0]?.toString() ?? '';
}

function hex(message: Buffer, field: number): string {
  return messages(message, field)[0]?.toString('hex') ?? '';
}

function number(message: Buffer, field: number): bigint {
  return (fields(message).find((each) => each.number === field)?.value as bigint | undefined) ?? 0n;
}

function fields(message: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    switch (tag & 7) {
      case 0: found.push({ number: field, value: varint() }); break;
      case 1: found.push({ number: field, value: take(8).readBigUInt64LE() }); break;
      case 2: found.push({ number: field, value: take(Number(varint())) }); break;
      case 5: found.push({ number: field, value: BigInt(take(4).readUInt32LE()) }); break;
      default: throw new Error(`There is no wire type ${tag & 7}`);
    }
  }
  return found;
}
