import { Module } from '@nestjs/common';
import { RateLimitModule } from '../../rate-limit/index.js';
import { LoginController } from './login.controller.js';

/** `login`: sessions of people who sign in with their browser. */
@Module({ imports: [RateLimitModule], controllers: [LoginController] })
export class LoginModule {}
