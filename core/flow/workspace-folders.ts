import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the connectors, mappings, flows and schemas stand that come with Skolnav. */
export const BUILT_IN_FOLDER = join(import.meta.dirname, '../..');

export interface TextFile {
  /** Path from the workspace (or from what is built in), with slashes. */
  readonly file: string;
  readonly text: string;
}

/** A workspace's folder, what it falls back to, and changed files that are tried out over both. */
export class WorkspaceFolders {
  readonly #own: string;
  readonly #builtIn: string;
  readonly #overlay: string | null;

  constructor(own: string, builtIn: string, overlay: string | null = null) {
    this.#own = own;
    this.#builtIn = builtIn;
    this.#overlay = overlay;
  }

  /** What is built in first: what comes later overrides it. */
  all(): readonly string[] {
    const base = this.#own === this.#builtIn ? [this.#own] : [this.#builtIn, this.#own];
    return this.#overlay === null ? base : [...base, this.#overlay];
  }

  /** Files of a folder, a later one taking the place of an earlier one of the same name. */
  async readMerged(folder: string, suffix: string): Promise<readonly TextFile[]> {
    return merged(this.all(), folder, suffix);
  }

  /** Files of the workspace's folder; the built-in ones only if it has none there. */
  async readOwnOrBuiltIn(folder: string, suffix: string): Promise<readonly TextFile[]> {
    const own = await merged(this.#written(), folder, suffix);
    return own.length > 0 ? own : readAll(this.#builtIn, folder, suffix);
  }

  /** Built-in files of a folder that the workspace's own files there have put out of force. */
  async putOut(folder: string, suffix: string): Promise<readonly TextFile[]> {
    const inForce = await this.readOwnOrBuiltIn(folder, suffix);
    const names = new Set(inForce.map(({ file }) => file));
    const builtIn = await readAll(this.#builtIn, folder, suffix);
    return builtIn.filter(({ file }) => !names.has(file));
  }

  /** Names of all files in a folder of what the city wrote itself. */
  async ownFiles(folder: string): Promise<readonly string[]> {
    const names = await Promise.all(this.#written().map((root) => namesIn(root, folder)));
    return [...new Set(names.flat())].sort();
  }

  /** Names of the folders that the city made itself. */
  async ownFolders(): Promise<readonly string[]> {
    const all = await Promise.all(
      this.#written().map((root) => readdir(root, { withFileTypes: true }).catch(() => [])),
    );
    const names = all.flat().flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    return [...new Set(names)].sort();
  }

  /** What the city wrote itself: the workspace, and what is tried out over it. */
  #written(): readonly string[] {
    return this.#overlay === null ? [this.#own] : [this.#own, this.#overlay];
  }

  /** The last of the folders that has this file; the workspace's own where none has. */
  async folderWith(file: string): Promise<string> {
    if (this.#overlay !== null && existsSync(join(this.#overlay, file))) return this.#overlay;
    return this.#own;
  }

  /** Names of the folders in a folder. */
  async subfolders(folder: string): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const root of this.all()) {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) if (entry.isDirectory()) names.add(entry.name);
    }
    return [...names].sort();
  }
}

async function merged(
  roots: readonly string[],
  folder: string,
  suffix: string,
): Promise<readonly TextFile[]> {
  const files = new Map<string, TextFile>();
  for (const root of roots) {
    for (const one of await readAll(root, folder, suffix)) files.set(one.file, one);
  }
  return [...files.values()];
}

async function namesIn(root: string, folder: string): Promise<readonly string[]> {
  return readdir(join(root, folder), { recursive: true }).catch(() => []);
}

async function readAll(root: string, folder: string, suffix: string): Promise<TextFile[]> {
  const names = await namesIn(root, folder);
  const wanted = names.filter((name) => name.endsWith(suffix)).sort();
  return Promise.all(
    wanted.map(async (name) => ({
      file: `${folder}/${name}`,
      text: await readFile(join(root, folder, name), 'utf8'),
    })),
  );
}
