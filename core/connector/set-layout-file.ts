import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml, shapeLints } from '../config/yaml-file.ts';
import type { Lint } from '../failure/lint.ts';
import { isList, isObject } from '../message/digest.ts';
import type { Json } from '../message/message.ts';
import { compileSchemaAll } from '../schema/validator.ts';
import type { Manifest } from './manifest.ts';

const SCHEMA = join(import.meta.dirname, '../../schemas/hub/set-layout.v1.json');

/** A connector's `set.layout.yaml`, checked against its manifest too; null where it has none. */
export async function readSetLayout(
  folder: string,
  { sink }: Manifest,
): Promise<{ readonly layout: Json } | { readonly lints: readonly Lint[] }> {
  const file = join(folder, 'set.layout.yaml');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { layout: null };
  const { yaml, lints } = parseYaml(file, text);
  if (yaml === null) return { lints };
  const faults = compileSchemaAll(JSON.parse(await readFile(SCHEMA, 'utf8')))(yaml.value);
  if (faults.length > 0) return { lints: shapeLints(yaml, faults, 'MANIFEST_INVALID') };
  // SAFETY: checked against its schema just above.
  const layout = yaml.value as Json;
  const amiss = kindsAmiss(layout, sink?.objects.map(({ kind }) => kind) ?? []);
  if (amiss.length === 0) return { layout };
  const what = `object kinds of the manifest and of the files differ: ${amiss.join(', ')}`;
  const place = { file, ...yaml.at(['files']) };
  return { lints: [{ ...place, code: 'MANIFEST_INVALID', text: what, hint: '' }] };
}

/** Kinds of the manifest that stand in no file, and kinds of files that the manifest lacks. */
function kindsAmiss(layout: Json, declared: readonly string[]): readonly string[] {
  const files = isObject(layout) && isList(layout['files']) ? layout['files'] : [];
  const kinds = files.flatMap((file) => (isObject(file) ? (file['kinds'] ?? []) : []));
  const written = new Set(kinds.map(String));
  const missing = declared.filter((kind) => !written.has(kind));
  return [...missing, ...[...written].filter((kind) => !declared.includes(kind))];
}
