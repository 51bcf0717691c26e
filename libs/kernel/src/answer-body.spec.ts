import { AnswerBody, type BodyControl, type BodySink } from './answer-body.js';

class Recorder implements BodySink, BodyControl {
  readonly log: string[] = [];
  constructor(private readonly room = Number.POSITIVE_INFINITY) {}
  write(chunk: Uint8Array): boolean {
    this.log.push(Buffer.from(chunk).toString());
    return this.log.length < this.room;
  }
  end(trailers: readonly string[] | null): void { this.log.push(`end ${trailers?.join('=') ?? ''}`.trim()); }
  fail(error: Error): void { this.log.push(`fail ${error.message}`); }
  pause(): void { this.log.push('pause'); }
  resume(): void { this.log.push('resume'); }
  cancel(reason: Error): void { this.log.push(`cancel ${reason.message}`); }
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe('AnswerBody', () => {
  it('hands over what waited, then what follows, in order', () => {
    const sink = new Recorder();
    const body = new AnswerBody();
    body.push(bytes('a'));
    body.push(bytes('b'));
    body.attach(sink);
    body.push(bytes('c'));
    body.end(['x', '1']);
    expect(sink.log).toEqual(['a', 'b', 'c', 'end x=1']);
  });

  it.each<[string, (body: AnswerBody) => void]>([
    ['ends', (body) => body.end()], ['breaks', (body) => body.fail(new Error('gone'))], ['is cancelled', (body) => body.cancel(new Error('enough'))],
  ])('tells once that it is over when it %s', (_how, over) => {
    let told = 0;
    const body = new AnswerBody(new Recorder());
    body.whenOver(() => told++);
    body.push(bytes('a'));
    expect(told).toBe(0);
    over(body);
    body.cancel(new Error('again'));
    expect(told).toBe(1);
  });

  it('tells at once that it is over when it already is', () => {
    let told = 0;
    AnswerBody.of('a').whenOver(() => told++);
    expect(told).toBe(1);
  });

  it('is taken whole once it is complete, and only then', () => {
    const body = new AnswerBody();
    body.push(bytes('a'));
    expect(body.takeWhole()).toBeNull();
    body.push(bytes('b'));
    body.end();
    expect(Buffer.from(body.takeWhole() as Uint8Array).toString()).toBe('ab');
  });

  it('is not taken whole when trailers follow or the source broke', () => {
    const trailed = new AnswerBody();
    trailed.end(['x', '1']);
    expect(trailed.takeWhole()).toBeNull();
    const broken = new AnswerBody();
    broken.fail(new Error('gone'));
    broken.end();
    expect(broken.takeWhole()).toBeNull();
  });

  it('asks the source to pause when too much waits, and to go on once somebody reads', () => {
    const control = new Recorder();
    const body = new AnswerBody(control);
    expect(body.push(Buffer.alloc(65_535))).toBe(true);
    expect(body.push(Buffer.alloc(1))).toBe(false);
    body.attach(new Recorder());
    expect(control.log).toEqual(['resume']);
  });

  it('pauses the source when the sink is full at once', () => {
    const control = new Recorder();
    const body = new AnswerBody(control);
    body.push(bytes('a'));
    body.attach(new Recorder(1));
    expect(control.log).toEqual(['pause']);
  });

  it('passes the sink’s word on after it is attached', () => {
    const body = new AnswerBody();
    body.attach(new Recorder(2));
    expect([body.push(bytes('a')), body.push(bytes('b'))]).toEqual([true, false]);
  });

  it('tells the sink that the source broke, before or after it is attached', () => {
    const [early, late] = [new Recorder(), new Recorder()];
    const body = new AnswerBody();
    body.push(bytes('half'));
    body.fail(new Error('gone'));
    body.attach(early);
    expect(early.log).toEqual(['half', 'fail gone']);
    const other = new AnswerBody();
    other.attach(late);
    other.fail(new Error('gone'));
    expect(late.log).toEqual(['fail gone']);
  });

  it('cancels a source that is still going, and no other', () => {
    const control = new Recorder();
    new AnswerBody(control).cancel(new Error('enough'));
    const done = new AnswerBody(control);
    done.end();
    done.cancel(new Error('enough'));
    expect(control.log).toEqual(['cancel enough']);
  });
});
