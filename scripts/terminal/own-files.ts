import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Finds Skolnav's own files where they are written to be. Node would look for each of hundreds of
 * them on the disk, for what kind of file it is, and through links: a seventh of a look.
 */
export function findOwnFiles(root: string): void {
  const own = pathToFileURL(`${root}/`).href;
  registerHooks({
    resolve: (specifier, context, next) => {
      const from = context.parentURL;
      const isOwn = from?.startsWith(own) === true && !from.includes('/node_modules/', own.length);
      if (!isOwn || !/^\.{1,2}\/.+\.ts$/.test(specifier)) return next(specifier, context);
      const { href } = new URL(specifier, from);
      return { url: href, format: 'module-typescript', shortCircuit: true };
    },
  });
}
