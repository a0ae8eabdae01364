import type { Manifest } from '../../connector/manifest.ts';
import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { JsonObject, Saying } from '../../message/message.ts';
import type { YamlFile } from '../../schema/yaml-file.ts';

/** Ways between a binding's system and us that exclude each other, or lead nowhere. */
export function checkWays(
  yaml: YamlFile,
  module: string,
  options: JsonObject,
  { calledBy, sink }: Manifest,
  isListening: boolean,
): readonly Lint[] {
  const lint = (option: string, code: string, said: Saying, hint: Saying): Lint => {
    const place = yaml.keyAt(['modules', module, 'options', option]);
    return lintOf({ file: yaml.file, ...place, code }, said, hint);
  };
  if (sink?.mode === 'served' && 'client' in options && 'url' in options) {
    const hint = saying('bothWaysHint', {});
    return [lint('client', 'CONFIG_BOTH_WAYS', saying('bothWays', {}), hint)];
  }
  if (calledBy === undefined || !(calledBy in options) || isListening) return [];
  const hint = saying('systemUnheardHint', { line: 'doorbell: { port: 8765 }' });
  return [lint(calledBy, 'CONFIG_DOORBELL_MISSING', saying('systemUnheard', {}), hint)];
}
