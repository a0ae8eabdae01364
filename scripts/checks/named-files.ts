import { dirname, join, normalize } from 'node:path/posix';
import type { Breach, SourceFile } from './floors.ts';

/** `[text](docs/operating.md#first)`; an address of the web has a colon. */
const LINK = /\]\((?<named>[^)#\s:]+)(?:#[^)]*)?\)/g;
/** `core/night/sync.ts` between backquotes, from the top of the project. */
const PATH =
  /`(?<named>(?:bench|connectors|core|dashboard|docs|examples|flows|mappings|schemas|scripts|test)\/[\w./-]*)`/g;

/** Every file or folder that a document names and that is not there (any longer). */
export function checkNamed(
  documents: readonly SourceFile[],
  isThere: (path: string) => boolean,
): readonly Breach[] {
  return documents.flatMap((document) => {
    const { path, text } = document;
    return text.split('\n').flatMap((line, index) => {
      const links = namedBy(LINK, line).map((named) => normalize(join(dirname(path), named)));
      const gone = [...links, ...namedBy(PATH, line)].filter((named) => !isThere(named));
      return gone.map((named): Breach => {
        return { path, line: index + 1, rule: 'named-file', text: `${named} is not there` };
      });
    });
  });
}

function namedBy(pattern: RegExp, line: string): readonly string[] {
  return [...line.matchAll(pattern)].map((match) => match.groups?.['named'] ?? '');
}
