import type { Manifest } from '../../connector/manifest.ts';
import type { Lint } from '../../failure/lint.ts';
import type { JsonObject } from '../../message/message.ts';
import type { YamlFile } from '../../schema/yaml-file.ts';

/** Ways between a binding's system and us that exclude each other, or lead nowhere. */
export function checkWays(
  yaml: YamlFile,
  module: string,
  options: JsonObject,
  { calledBy, sink }: Manifest,
  isListening: boolean,
): readonly Lint[] {
  const lint = (option: string, code: string, text: string, hint: string): Lint => {
    const place = yaml.keyAt(['modules', module, 'options', option]);
    return { file: yaml.file, ...place, code, text, hint };
  };
  if (sink?.mode === 'served' && 'client' in options && 'url' in options) {
    const text = 'a module asks a service (`url`) or answers a `client`, not both.';
    const hint = 'Bind two modules: one with `url`, which is read, and one with `client`.';
    return [lint('client', 'CONFIG_BOTH_WAYS', text, hint)];
  }
  if (calledBy === undefined || !(calledBy in options) || isListening) return [];
  const text = 'its system is to call, and nobody listens.';
  const hint = 'Say where: doorbell: { port: 8765 }.';
  return [lint(calledBy, 'CONFIG_DOORBELL_MISSING', text, hint)];
}
