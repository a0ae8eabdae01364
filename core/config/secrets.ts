import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Json, JsonObject } from '../message/message.ts';

const REFERENCE = /^\$\{(env|file):([^}]+)\}$/;

/** `${env:NAME}` or `${file:PATH}`, the whole of a value. */
export function isReference(value: Json | undefined): boolean {
  return typeof value === 'string' && REFERENCE.test(value);
}

/**
 * The options with every reference replaced by what it refers to; paths count from the workspace.
 * Throws SECRET_MISSING, naming the reference alone.
 */
export async function resolveSecrets(
  options: JsonObject,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<JsonObject> {
  const resolved: Record<string, Json> = {};
  for (const [name, value] of Object.entries(options)) {
    resolved[name] = await resolveValue(value, folder, environment);
  }
  return resolved;
}

/** The references among these values that nothing answers to, in words and without a secret. */
export async function unansweredSecrets(
  values: readonly Json[],
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const value of values) {
    if (Array.isArray(value) || (typeof value === 'object' && value !== null)) {
      const inner = await unansweredSecrets(Object.values(value), folder, environment);
      for (const text of inner) found.add(text);
    } else if (typeof value === 'string') {
      await resolveText(value, folder, environment).catch((failure: unknown) => {
        if (!(failure instanceof HeldFailure)) throw failure;
        found.add(failure.message);
      });
    }
  }
  return [...found];
}

async function resolveValue(
  value: Json,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Json> {
  if (typeof value === 'string') return resolveText(value, folder, environment);
  if (Array.isArray(value)) {
    return Promise.all(value.map((item: Json) => resolveValue(item, folder, environment)));
  }
  if (typeof value !== 'object' || value === null) return value;
  // SAFETY: not null and not a list, so it is an object.
  return resolveSecrets(value as JsonObject, folder, environment);
}

async function resolveText(
  text: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const match = REFERENCE.exec(text);
  if (match === null) return text;
  const [, kind, name = ''] = match;
  if (kind === 'env') {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    throw new HeldFailure('SECRET_MISSING', saying('noVariable', { name }));
  }
  try {
    return (await readFile(resolve(folder, name), 'utf8')).trimEnd();
  } catch (cause) {
    throw new HeldFailure('SECRET_MISSING', saying('noSecretFile', { name }), { cause });
  }
}
