import { Module } from '@nestjs/common';
import { ResilienceDirectory } from './resilience-directory.js';

/** What is known of services besides where they are: breakers, budgets, ejections. */
@Module({ providers: [ResilienceDirectory], exports: [ResilienceDirectory] })
export class ResilienceModule {}
