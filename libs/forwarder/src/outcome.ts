import type { Answer, Ledger, Problem } from '#libs/kernel';

/** Who is told how a try went. */
export interface Outcome {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (problem: Problem) => void;
  readonly ledger: Ledger;
}
