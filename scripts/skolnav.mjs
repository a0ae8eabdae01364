#!/usr/bin/env node
// `npx skolnav`: hands over to the pinned Node, whatever Node is on the machine.
import { fileURLToPath } from 'node:url';

process.argv.splice(2, 0, fileURLToPath(new URL('skolnav.ts', import.meta.url)));
await import('./run.mjs');
