import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import type { Verified } from '../revocable.js';

/** What passport-jwt is handed for a request: the token, found already. */
interface TokenRequest {
  readonly token: string;
}

/**
 * A passport-jwt strategy per authenticator, run when a token is not remembered. Its own verification uses
 * jsonwebtoken, which lacks EdDSA and ignores `crit`; `authenticate` puts ours in its place, one library for all.
 */
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly verifyToken: (token: string) => Promise<Verified>) {
    super({ jwtFromRequest: ({ token }: TokenRequest) => token, secretOrKeyProvider: refuseToProvide });
  }

  /** Each has a passport of its own: the global one would keep the strategies of snapshots long gone. */
  getPassportInstance(): unknown {
    return new passport.Passport();
  }

  override authenticate(request: unknown): void {
    this.validate((request as TokenRequest).token).then((user) => this.success(user), (error: unknown) => this.error(error as Error));
  }

  validate(token: string): Promise<Verified> {
    return this.verifyToken(token);
  }

  /** Runs the strategy the way passport does: on a copy of its own, with the verdicts hooked. */
  run(token: string): Promise<Verified> {
    return new Promise((resolve, reject) => {
      const attempt = Object.create(this, { success: { value: resolve }, error: { value: reject } }) as JwtStrategy;
      attempt.authenticate({ token } satisfies TokenRequest);
    });
  }
}

/** passport-jwt insists on a provider of keys; reaching it would mean verifying by another path than ours. */
function refuseToProvide(_request: unknown, _token: unknown, done: (error: Error) => void): void {
  done(new Error('Keys are not handed out'));
}
