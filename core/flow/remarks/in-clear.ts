import type { Config } from '../../config/config.ts';
import { isEncrypted } from '../../config/loopback.ts';
import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { valueAt } from '../../message/reference-walk.ts';
import { urlFields } from '../../schema/option-fields.ts';
import type { NamedThings } from '../check-config.ts';
import type { ConfigFile } from '../cross-check.ts';

/** An option of a module that is an address without TLS, beyond this machine. */
interface AddressInClear {
  readonly module: string;
  /** Dotted. */
  readonly field: string;
}

/** Of all that these modules are bound to; references are not known here. */
export function addressesInClear(
  modules: Config['modules'],
  connectors: NamedThings['connectors'],
): readonly AddressInClear[] {
  return [...modules.values()].flatMap(({ module, connector, options }) =>
    urlFields(connectors.manifest(connector)?.options ?? {}).flatMap((field) => {
      const address = valueAt(options, field.split('.'));
      const isKnown = typeof address === 'string' && URL.canParse(address);
      return isKnown && !isEncrypted(address) ? [{ module, field }] : [];
    }),
  );
}

/**
 * Services that are spoken to without TLS beyond this machine. A net of one's own may do so: it is
 * told, and not refused. What a reference stands for is not known here.
 */
export function inClear(
  { config, yaml }: ConfigFile,
  { connectors }: Pick<NamedThings, 'connectors'>,
): readonly Lint[] {
  return addressesInClear(config.modules, connectors).map(({ module, field }) => {
    const place = yaml.at(['modules', module, 'options', ...field.split('.')]);
    const at = { file: yaml.file, ...place, code: 'CONFIG_URL_CLEAR' };
    return lintOf(at, saying('addressInClear', { field }), saying('addressInClearHint', {}));
  });
}
