import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../core/message/message.ts';

/** The schemas of the streams that a connector's manifest declares, from its folder. */
export async function streamSchemas(folder: string): Promise<ReadonlyMap<string, JsonObject>> {
  const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
  const { streams } = await read('manifest.json');
  const schemas = new Map<string, JsonObject>();
  for (const { stream, schema } of streams) schemas.set(stream, await read(schema));
  return schemas;
}
