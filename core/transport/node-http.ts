/**
 * Node's own HTTP. Imported by its name it would bring a whole client with it, which nobody here
 * uses: as much work as half of a look.
 */
export const { createServer, METHODS, STATUS_CODES } = process.getBuiltinModule('node:http');

/** The same by TLS, read when a connection is made: with it comes as much again. */
export function nodeHttps() {
  return process.getBuiltinModule('node:https');
}

/** What `nodeHttps` speaks. */
export function nodeTls() {
  return process.getBuiltinModule('node:tls');
}
