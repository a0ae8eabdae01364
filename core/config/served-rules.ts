import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { YamlFile } from '../schema/yaml-file.ts';
import { isLoopback } from './loopback.ts';

/** Where the clients of served modules are answered. */
export interface ServedRules {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** The address by which clients know it, where a proxy stands before it; null: its own. */
  readonly url: string | null;
}

const USUAL = { host: '127.0.0.1', port: 8766, url: null } as const;

export function servedOf(written: Partial<ServedRules>): ServedRules {
  return { ...USUAL, ...written };
}

/** Nobody gives persons away without TLS. */
export function checkServed(yaml: YamlFile, written: Partial<ServedRules>): readonly Lint[] {
  const { host, url } = servedOf(written);
  if (isLoopback(host) || url?.startsWith('https:') === true) return [];
  const at = { file: yaml.file, ...yaml.at(['served', 'host']), code: 'CONFIG_SERVED' };
  return [lintOf(at, saying('servedWithoutTls', {}), saying('servedWithoutTlsHint', {}))];
}
