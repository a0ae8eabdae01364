/** The door for connectors: everything that a plug-in may use, and nothing else. */
export * from './connector/connector.ts';
export * from './failure/failure.ts';
export type { Json, JsonObject } from './message/message.ts';
export type { Log } from './log/log.ts';
