import { defineAuthenticator, type Authenticator, type Exchange, type Principal, type Surroundings } from '#libs/kernel';
import { Answers } from './introspection/answers.js';
import { introspectionOptions, type IntrospectionOptions } from './introspection/options.js';
import { compileQuestion } from './introspection/question.js';
import { IssuerFailure, issuerAway } from './issuer/failure.js';
import { compileChecks } from './jwt/claim-checks.js';
import { challengeScheme, compileExtraction, compileScrub } from './jwt/extract.js';
import { compilePrincipal } from './jwt/principal-of.js';
import { LONGEST_TOKEN } from './jwt/token-parts.js';
import { tokenProblem, TokenRefused } from './jwt/token-problem.js';
import { digestOf, revocableOf, revokedProblem, type Verified } from './revocable.js';
import { Revocations } from './revocations.js';

/** Milliseconds after which to try again while an issuer is away. */
const RETRY = 1_000;

/** Tokens that only their issuer understands: it is asked what each is worth (RFC 7662). */
export const introspection = defineAuthenticator({ name: 'introspection', schema: introspectionOptions, create: createIntrospection });

function createIntrospection(options: IntrospectionOptions, surroundings: Surroundings): Authenticator {
  const { clock } = surroundings;
  const scheme = challengeScheme(options.from);
  const extract = compileExtraction(options.from);
  const scrub = compileScrub(options.from);
  const answers = new Answers({ ...options.remember, clock });
  const revocations = surroundings.resolve<Revocations>(Revocations);
  const appraise = compileAppraisal(options, surroundings);

  const refuse = (error: unknown): never => {
    if (error instanceof TokenRefused) throw tokenProblem(error.reason, scheme);
    throw error instanceof IssuerFailure ? issuerAway(RETRY, error) : error;
  };
  const unrevoked = ({ credential, principal }: Verified): Principal => {
    if (revocations.covers(credential)) throw revokedProblem(scheme);
    return principal;
  };
  const judge = (token: string): Principal | Promise<Principal> => {
    if (token.length > LONGEST_TOKEN) throw new TokenRefused('too-large');
    if (token === '') throw new TokenRefused('inactive');
    const key = digestOf(token);
    const known = answers.get(key);
    return known === undefined ? answers.ask(key, () => appraise(token)).catch(refuse).then(unrevoked) : unrevoked(known);
  };

  return Object.freeze({
    challenge: scheme,
    authenticate(exchange: Exchange) {
      try {
        const token = extract(exchange);
        return token === null ? null : judge(token);
      } catch (error) {
        return refuse(error);
      }
    },
    ...(scrub && { scrub }),
  });
}

/** Compiles what the issuer is asked, and what is made of its answer. */
function compileAppraisal(options: IntrospectionOptions, { clock, name = '', random }: Surroundings): (token: string) => Promise<Verified> {
  const question = compileQuestion(options, { clock, random });
  const check = compileChecks({ ...options, required: [], type: undefined, numericSub: 'accept', maxAge: undefined });
  const principalOf = compilePrincipal(options.claims, name);
  return async (token) => {
    const answer = Object.freeze(await question(token));
    if (answer['active'] !== true) throw new TokenRefused('inactive');
    const principal = principalOf(answer, check(answer, clock.now()));
    return { principal, credential: revocableOf(token, answer, `${name}:${principal.id}`) };
  };
}
