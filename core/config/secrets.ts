import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';

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

/** The references among these values that nothing answers to, without a secret. */
export async function unansweredSecrets(
  values: readonly Json[],
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Saying[]> {
  const found: Saying[] = [];
  for (const value of values) {
    if (Array.isArray(value) || (typeof value === 'object' && value !== null)) {
      found.push(...(await unansweredSecrets(Object.values(value), folder, environment)));
    } else if (typeof value === 'string') {
      const answer = await answerTo(value, folder, environment);
      if ('missing' in answer) found.push(answer.missing);
    }
  }
  return found;
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
  const answer = await answerTo(text, folder, environment);
  if ('value' in answer) return answer.value;
  throw new HeldFailure('SECRET_MISSING', answer.missing, { cause: answer.cause });
}

type Answer = { readonly value: string } | { readonly missing: Saying; readonly cause?: unknown };

/** What a text stands for, or what it names that is not there. */
async function answerTo(
  text: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
  const match = REFERENCE.exec(text);
  if (match === null) return { value: text };
  const [, kind, name = ''] = match;
  if (kind === 'env') {
    const value = environment[name];
    return value !== undefined && value !== ''
      ? { value }
      : { missing: saying('noVariable', { name }) };
  }
  try {
    return { value: (await readFile(resolve(folder, name), 'utf8')).trimEnd() };
  } catch (cause) {
    return { missing: saying('noSecretFile', { name }), cause };
  }
}
