import { All, Controller, Get, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiFoundResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from '#libs/kernel';
import { AuthGuard } from '../../auth/auth.guard.js';
import { answerProblem } from '../../http/answer-problem.js';
import { exchangeOf } from '../../http/exchange-of.js';
import { RouteGuard } from '../../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../../http/server.js';
import { writeAnswer } from '../../http/write-answer.js';
import { RateLimitGuard } from '../../rate-limit/index.js';

/** `login`: people sign in at an issuer with their browser. What is done is compiled with the route, like a proxied one. */
@ApiTags('Login')
@Controller(`${ENDPOINT_PREFIX}/login`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class LoginController {
  @Get('login')
  @ApiOperation({ summary: 'Sign in', description: 'Sends the browser to the issuer.' })
  @ApiQuery({ name: 'return', required: false, description: 'Path of this site to end at' })
  @ApiFoundResponse({ description: 'To the issuer.' })
  login(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answer(request, reply);
  }

  @Get('callback')
  @ApiOperation({ summary: 'Where the issuer sends the browser back to', description: 'A session comes of it.' })
  @ApiFoundResponse({ description: 'To where the login began.' })
  callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answer(request, reply);
  }

  @Post('logout')
  @ApiOperation({ summary: 'Sign out', description: 'Here, and at the issuer where that can be. A GET does too, from a page of this site.' })
  @ApiOkResponse({ description: 'For scripts: `location`, where the browser is to go next. Browsers are sent there.' })
  logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answer(request, reply);
  }

  @Get('me')
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiOkResponse({ description: 'Id, e-mail address, roles, and how long the session lasts.' })
  @ApiUnauthorizedResponse({ description: 'Nobody is.' })
  me(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answer(request, reply);
  }

  /** Other methods and operations: what is compiled knows best which there are. */
  @All(':operation')
  @ApiExcludeEndpoint()
  other(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answer(request, reply);
  }
}

/** Nest is not made to wait. */
function answer(request: FastifyRequest, reply: FastifyReply): void {
  const exchange = exchangeOf(request.raw);
  reply.hijack();
  (exchange.route as Route).handle(exchange).then((whole) => writeAnswer(exchange, whole, reply.raw)).catch((error: unknown) => answerProblem(exchange, error, reply.raw));
}
