import { Module, type DynamicModule } from '@nestjs/common';
import { ChangeFeeds, type Neighbours } from './change-feeds.js';
import { DatabaseDirectory } from './database-directory.js';

/** The database, where something of the file needs one. */
@Module({ providers: [DatabaseDirectory], exports: [DatabaseDirectory] })
export class DatabaseDirectoryModule {}

/** The database, and what happens in it. */
@Module({})
export class DatabaseModule {
  /** @param neighbours the workers of this gateway. */
  static of(neighbours: Neighbours): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [DatabaseDirectoryModule],
      providers: [{ provide: ChangeFeeds, useFactory: () => new ChangeFeeds(neighbours) }],
      exports: [DatabaseDirectoryModule, ChangeFeeds],
    };
  }
}
