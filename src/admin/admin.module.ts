import { Module } from '@nestjs/common';
import { ServicesModule } from '../services/index.js';
import { AdminController } from './admin.controller.js';
import { AdminService } from './admin.service.js';

/** `admin`: services, targets, circuit breakers and reload, by hand. */
@Module({ imports: [ServicesModule], controllers: [AdminController], providers: [AdminService] })
export class AdminModule {}
