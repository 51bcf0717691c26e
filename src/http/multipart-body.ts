import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import busboy from 'busboy';
import { Problem, problems } from '#libs/kernel';
import { boundaryOf } from './form-type.js';
import type { MultipartRules } from './multipart-rules.js';
import { PartScan } from './part-scan.js';

type Parser = ReturnType<typeof busboy>;

/**
 * A form on its way to a service, byte for byte, looked at as it passes. A chunk goes on once it was looked at and the next
 * one has come: so what is wrong never arrives, and a service never gets the end of a form that is not good.
 */
export class MultipartBody extends Transform {
  readonly #parser: Parser;
  readonly #scan: PartScan;
  #held: Buffer | null = null;
  #problem: Problem | null = null;
  #parts = 0;

  /**
   * @param source the body; broken off with this one.
   * @param contentType of the request.
   * @throws Problem invalid-body where the type does not say in one way how parts are told apart.
   */
  constructor(source: Readable, contentType: string, private readonly rules: MultipartRules) {
    super();
    const boundary = boundaryOf(contentType);
    if (boundary === null) throw malformed('its type names no boundary, or more than one');
    this.#scan = new PartScan(boundary);
    this.#parser = this.#parse(boundary);
    // A form nobody reads any more may still break; that is no fault of ours.
    this.on('error', ignore);
    pipeline(source, this, ignore);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#scan.add(chunk);
    if (this.#scan.fault !== null) this.#refuse(malformed(this.#scan.fault));
    this.#parser.write(chunk, () => {
      if (this.#problem) return done(this.#problem);
      const before = this.#held;
      this.#held = chunk;
      done(null, before);
    });
  }

  override _flush(done: TransformCallback): void {
    const finish = (): void => {
      // Parts that the parser passes over would be fields that nobody looked at.
      if (this.#parts !== this.#scan.parts) this.#refuse(malformed('a part is no field of a form'));
      this.#refuse(this.rules.end());
      if (this.#problem) done(this.#problem);
      else done(null, this.#held);
    };
    this.#parser.once('close', finish).end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#held = null;
    this.#parser.destroy();
    done(error);
  }

  #parse(boundary: string): Parser {
    const { maxField, maxFile } = this.rules;
    // The parser calls a part too large once it has as many bytes as the limit, not one more.
    const limits = { fieldNameSize: 1_000, fieldSize: maxField + 1, fileSize: maxFile + 1 };
    const parser = busboy({ headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` }, limits, defParamCharset: 'utf8', preservePath: true });
    parser.on('error', (error) => this.#refuse(malformed((error as Error).message, error)));
    parser.on('field', (name: string | undefined, _value, { valueTruncated }) => {
      this.#parts++;
      this.#refuse(this.rules.field(name));
      if (valueTruncated) this.#refuse(this.rules.tooLarge(name, false));
    });
    parser.on('file', (name: string | undefined, file, { mimeType }) => {
      this.#parts++;
      this.#refuse(this.rules.file(name, mimeType));
      file.on('limit', () => this.#refuse(this.rules.tooLarge(name, true))).on('error', ignore).resume();
    });
    return parser;
  }

  /** Only the first thing that is wrong counts. */
  #refuse(problem: Problem | null): void {
    this.#problem ??= problem;
  }
}

function malformed(what: string, cause?: unknown): Problem {
  return new Problem(problems.invalidBody, `The form cannot be read: ${what}`, { cause });
}

function ignore(): void {}
