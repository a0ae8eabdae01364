import { Database, type MongoOptions } from './database.ts';

/** What belongs to whoever works on the store, and not to what it keeps. */
const NOT_KEPT: ReadonlySet<string> = new Set(['fence', 'lease', 'stage', 'worker']);

/**
 * Copies a workspace's database into another one of the same set, in place of all that is there.
 * Whoever calls sees to it that nobody changes it meanwhile. Throws as the store does.
 */
export async function copyMongoStore(options: MongoOptions, to: string): Promise<void> {
  const database = await Database.open(options);
  try {
    await database.copyTo(to, NOT_KEPT);
  } finally {
    await database.close();
  }
}

/** Removes a database with all that is in it. */
export async function dropMongoStore(options: MongoOptions): Promise<void> {
  const database = await Database.open(options);
  try {
    await database.drop();
  } finally {
    await database.close();
  }
}
