import { isEncrypted } from '../../config/loopback.ts';
import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { valueAt } from '../../message/reference-walk.ts';
import { urlFields } from '../../schema/option-fields.ts';
import type { NamedThings } from '../check-config.ts';
import type { ConfigFile } from '../cross-check.ts';

/**
 * Services that are spoken to without TLS beyond this machine. A net of one's own may do so: it is
 * told, and not refused. What a reference stands for is not known here.
 */
export function inClear(
  { config, yaml }: ConfigFile,
  { connectors }: Pick<NamedThings, 'connectors'>,
): readonly Lint[] {
  return [...config.modules.values()].flatMap(({ module, connector, options }) =>
    urlFields(connectors.manifest(connector)?.options ?? {}).flatMap((written): readonly Lint[] => {
      const field = written.split('.');
      const address = valueAt(options, field);
      if (typeof address !== 'string' || !URL.canParse(address) || isEncrypted(address)) return [];
      const place = yaml.at(['modules', module, 'options', ...field]);
      const said = saying('addressInClear', { field: written });
      const at = { file: yaml.file, ...place, code: 'CONFIG_URL_CLEAR' };
      return [lintOf(at, said, saying('addressInClearHint', {}))];
    }),
  );
}
