import { Event, type Exchange } from '#libs/kernel';

/** Why a body went on untouched. */
export type SkipReason = 'too-large' | 'malformed' | 'content-encoding' | 'charset';

/** A transform that wanted to edit a body and could not. */
export interface TransformSkipped {
  readonly exchange: Exchange;
  /** The `use` name. */
  readonly transform: string;
  readonly reason: SkipReason;
}

export const transformSkipped = new Event<TransformSkipped>('transform:skipped');
