import { Controller, Get, Inject, Post } from '@nestjs/common';
import type { Principal } from 'passerelle/kernel';
import { CurrentPrincipal, JsonBody, Public, Roles } from 'passerelle/nest';
import { z } from 'zod';
import { ClosingDays } from './closing-days.js';

const closing = z.strictObject({ campus: z.string().min(1), day: z.iso.date() });

/** Where deans close a campus for a day. The file mounts it: `endpoints: { closing-days: { serve: plugin, ... } }`. */
@Controller('closing-days')
@Roles('dean')
export class ClosingDaysController {
  constructor(@Inject(ClosingDays) private readonly days: ClosingDays) {}

  @Get()
  @Public()
  all(): object {
    return { days: this.days.all };
  }

  @Post()
  close(@JsonBody(closing) { campus, day }: z.output<typeof closing>, @CurrentPrincipal() by: Principal): object {
    this.days.close(campus, day);
    return { campus, day, by: by.id };
  }
}
