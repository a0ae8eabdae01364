import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Styles and scripts: the same for everybody, and nothing of them is personal. */
export const ASSETS = join(import.meta.dirname, 'public');

/** A browser may keep them for a year: others of another version have other addresses. */
export const KEPT = 'public, max-age=31536000, immutable';

const VERSION = versionOf(ASSETS);

/** Where a file of that folder is. */
export function assetPath(name: string): string {
  return `/assets/${name}?v=${VERSION}`;
}

function versionOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
