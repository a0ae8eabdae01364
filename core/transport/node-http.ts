/**
 * Node's own HTTP. Imported by its name it would bring a whole client with it, which nobody here
 * uses: as much work as half of a look.
 */
export const { createServer, METHODS, STATUS_CODES } = process.getBuiltinModule('node:http');
