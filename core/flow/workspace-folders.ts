import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface TextFile {
  /** Path from the workspace (or from what is built in), with slashes. */
  readonly file: string;
  readonly text: string;
}

/** A workspace's folder, and the one that it falls back to. */
export class WorkspaceFolders {
  readonly #own: string;
  readonly #builtIn: string;

  constructor(own: string, builtIn: string) {
    this.#own = own;
    this.#builtIn = builtIn;
  }

  /** What is built in first: what a workspace has of its own overrides it. */
  both(): readonly string[] {
    return this.#own === this.#builtIn ? [this.#own] : [this.#builtIn, this.#own];
  }

  /** Files of a folder, the workspace's taking the place of built-in ones of the same name. */
  async readMerged(folder: string, suffix: string): Promise<readonly TextFile[]> {
    const files = new Map<string, TextFile>();
    for (const root of this.both()) {
      for (const one of await readAll(root, folder, suffix)) files.set(one.file, one);
    }
    return [...files.values()];
  }

  /** Files of the workspace's folder; the built-in ones only if it has no such folder. */
  async readOwnOrBuiltIn(folder: string, suffix: string): Promise<readonly TextFile[]> {
    const own = await readAll(this.#own, folder, suffix);
    return own.length > 0 ? own : readAll(this.#builtIn, folder, suffix);
  }

  /** Names of the folders in a folder. */
  async subfolders(folder: string): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const root of this.both()) {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) if (entry.isDirectory()) names.add(entry.name);
    }
    return [...names].sort();
  }
}

async function readAll(root: string, folder: string, suffix: string): Promise<TextFile[]> {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  const wanted = names.filter((name) => name.endsWith(suffix)).sort();
  return Promise.all(
    wanted.map(async (name) => ({
      file: `${folder}/${name}`,
      text: await readFile(join(root, folder, name), 'utf8'),
    })),
  );
}
