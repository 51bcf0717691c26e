import { BadRequestException, ConflictException, ForbiddenException, HttpException, InternalServerErrorException, NotFoundException, UnprocessableEntityException } from '@nestjs/common';
import { problems } from '#libs/kernel';
import { toProblem } from './answer-problem.js';
import { fromHttpException } from './nest-exception.js';

describe('what an exception of Nest means', () => {
  it.each<[string, HttpException, number, string, string]>([
    ['not found', new NotFoundException('No such report'), 404, 'not-found', 'No such report'],
    ['forbidden', new ForbiddenException('Not you'), 403, 'forbidden', 'Not you'],
    ['a validation', new BadRequestException(['a is missing', 'b is missing']), 400, 'malformed-request', 'a is missing; b is missing'],
    ['text', new HttpException('Teapot', 418), 418, 'i-m-a-teapot', 'Teapot'],
    ['a status without a problem', new ConflictException('Too late'), 409, 'conflict', 'Too late'],
    ['unprocessable', new UnprocessableEntityException(), 422, 'unprocessable', 'Unprocessable Entity'],
    ['a limit', new HttpException('slow down', 429), 429, 'too-many-requests', 'The limit is used up.'],
    ['a fault', new InternalServerErrorException('secret'), 500, 'internal-error', 'Something went wrong inside the gateway'],
    ['no error at all', new HttpException('secret', 204), 500, 'internal-error', 'Something went wrong inside the gateway'],
    ['a status that is none', new HttpException('secret', 799), 500, 'internal-error', 'Something went wrong inside the gateway'],
  ])('%s', (_case, error, status, code, detail) => {
    const problem = fromHttpException(error);
    expect([problem.status, problem.type.code, problem.detail, problem.extras.cause]).toEqual([status, code, detail, error]);
  });

  it('is told by what it does, for a plugin may bring a copy of Nest', () => {
    const foreign = Object.assign(new Error('No'), { getStatus: () => 404, getResponse: () => 'No' });
    expect(toProblem(foreign)).toMatchObject({ type: problems.notFound, detail: 'No' });
    expect(toProblem(Object.assign(new Error('x'), { getStatus: 404 })).type).toBe(problems.internal);
  });

  it('has one type for each status', () => {
    expect(fromHttpException(new ConflictException()).type).toBe(fromHttpException(new ConflictException('again')).type);
  });
});
