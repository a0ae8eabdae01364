import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

let isOpen = false;

/**
 * Lets code outside of Skolnav's own folder import the doors by name: `skolnav/plugin`, and for its
 * tests `skolnav/testing`. A connector of a workspace needs no path of this machine.
 */
export function openPluginDoor(): void {
  if (isOpen) return;
  isOpen = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const path = pathOf(specifier);
      if (path === null) return next(specifier, context);
      const url = new URL(path, pathToFileURL(`${import.meta.dirname}/`)).href;
      return { url, format: 'module-typescript', shortCircuit: true };
    },
  });
}

function pathOf(specifier: string): string | null {
  if (specifier === 'skolnav/plugin') return '../plugin.ts';
  if (specifier === 'skolnav/testing') return '../../test/contract/testing.ts';
  // Connectors that were made before there was a door for tests.
  const file = /^skolnav\/contract\/([a-z.-]+)$/.exec(specifier)?.[1];
  return file === undefined ? null : `../../test/contract/${file}.ts`;
}
