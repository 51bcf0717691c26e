import { BadRequestException, Injectable, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { of } from 'rxjs';
import type { Guard } from '#libs/kernel';
import { exchangeWith, principalWith, problemOf } from '../auth.fixture.js';
import { nest } from './nest.js';

let said: ReturnType<CanActivate['canActivate']> | Error = true;
let seen: ExecutionContext | null = null;

@Injectable()
class Doorman implements CanActivate {
  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    seen = context;
    if (said instanceof Error) throw said;
    return said;
  }
}

@Module({ providers: [Doorman, { provide: 'by-token', useClass: Doorman }, { provide: 'number', useValue: 7 }] })
class Doors {}

describe('nest', () => {
  let app: TestingModule;
  beforeAll(async () => { app = await Test.createTestingModule({ imports: [Doors] }).compile(); });
  afterAll(() => app.close());

  const guardOf = (guard: string): Guard => nest.create({ guard }, { resolve: () => app.get(ModulesContainer) } as never);

  it.each<[string, typeof said]>([['true', true], ['a promise of it', Promise.resolve(true)], ['an observable of it', of(true)]])('lets through: %s', async (_what, verdict) => {
    said = verdict;
    await expect(guardOf('Doorman').admit(exchangeWith())).resolves.toBeUndefined();
  });

  it.each<[string, typeof said, string]>([
    ['false', false, 'forbidden: The guard by-token says no.'],
    ['a promise of it', Promise.resolve(false), 'forbidden: The guard by-token says no.'],
    ['an exception of Nest', new BadRequestException(['a', 'b']), 'malformed-request: a; b'],
  ])('refuses: %s', async (_what, verdict, message) => {
    said = verdict;
    expect((await problemOf(() => guardOf('by-token').admit(exchangeWith()))).message).toBe(message);
  });

  it('leaves faults what they are', async () => {
    said = new Error('broken');
    await expect(guardOf('Doorman').admit(exchangeWith())).rejects.toThrow('broken');
  });

  it('shows what there is of a request, and nothing that could answer', async () => {
    said = true;
    const exchange = Object.assign(exchangeWith([['X-A', '1']], '?q=1'), { principal: principalWith(), params: { id: 'a%20b' }, client: '192.0.2.1', scheme: 'https', host: 'a.example:8443' });
    await guardOf('Doorman').admit(exchange);
    const http = (seen as ExecutionContext).switchToHttp();
    expect(http.getRequest()).toMatchObject({ method: 'GET', url: '/thing?q=1', path: '/thing', query: { q: '1' }, params: { id: 'a b' }, headers: { 'x-a': '1' }, ip: '192.0.2.1', protocol: 'https', hostname: 'a.example', user: { id: 'ada' } });
    expect(() => http.getResponse()).toThrow('cannot write an answer');
    expect(() => (seen as ExecutionContext).switchToWs()).toThrow('HTTP');
    expect(seen?.getArgByIndex(0)).toBe(http.getRequest());
  });

  it.each([['Dorman', 'no plugin provides a guard "Dorman"'], ['number', 'the provider "number" has no canActivate']])('is refused at load: %s', (name, message) => {
    expect(() => guardOf(name)).toThrow(message);
  });

  it('is compiled where no gateway runs, and cannot be asked there', async () => {
    const absent = new Proxy({}, { get: () => { throw new Error('nothing runs here'); } });
    const guard = nest.create({ guard: 'Doorman' }, { resolve: () => absent } as never);
    await expect(guard.admit(exchangeWith())).rejects.toThrow('nothing runs here');
  });
});
