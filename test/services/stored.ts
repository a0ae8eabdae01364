import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MongoClient } from 'mongodb';
import type { ClusterEnvironment } from './cluster.ts';

/**
 * Everything that a hub's store holds, as text, to be searched: the bytes of its files in `data`, or
 * all documents of its database on a cluster.
 */
export async function storedText(data: string, place: ClusterEnvironment | null): Promise<string> {
  if (place === null) {
    const files = ['skolnav.db', 'skolnav.db-wal'].map((name) => join(data, name));
    const texts = files.map((file) => readFile(file, 'utf8').catch(() => ''));
    return (await Promise.all(texts)).join('\n');
  }
  return withDatabase(place, async (database) => {
    const texts: string[] = [];
    for (const { collectionName } of await database.collections()) {
      for await (const one of database.collection(collectionName).find()) {
        texts.push(JSON.stringify(one));
      }
    }
    return texts.join('\n');
  });
}

/** Somebody writes another name into an entry of the audit trail, past the hub. */
export async function forgeAudit(
  data: string,
  place: ClusterEnvironment | null,
  number: number,
  who: string,
): Promise<void> {
  if (place !== null) {
    await withDatabase(place, async (database) => {
      const audit = database.collection<{ _id: number }>('audit');
      await audit.updateOne({ _id: number }, { $set: { who } });
    });
    return;
  }
  const database = new DatabaseSync(join(data, 'skolnav.db'));
  const sql = `UPDATE audit SET json = json_set(json, '$.who', ?) WHERE number = ?`;
  database.prepare(sql).run(who, number);
  database.close();
}

async function withDatabase<T>(
  { STORE_URL }: ClusterEnvironment,
  work: (database: ReturnType<MongoClient['db']>) => Promise<T>,
): Promise<T> {
  const client = await MongoClient.connect(STORE_URL);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}
