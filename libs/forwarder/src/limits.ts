import { problems, type ProblemType } from '#libs/kernel';

/** A time that a part of a try may take. */
export interface Limit {
  readonly type: ProblemType;
  readonly detail: string;
}

export const CONNECT: Limit = { type: problems.connectTimeout, detail: 'No connection to the service was to be had in time' };
export const FIRST_BYTE: Limit = { type: problems.firstByteTimeout, detail: 'The service did not begin to answer in time' };
export const IDLE: Limit = { type: problems.idleTimeout, detail: 'The service stopped in the middle of its answer' };
