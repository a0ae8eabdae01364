/** The door for connectors: everything that a plug-in may use, and nothing else. */
export * from './codec/delimited.ts';
export * from './codec/xml-element.ts';
export * from './codec/xml-records.ts';
export * from './connector/connector.ts';
export * from './failure/failure.ts';
export type { Json, JsonObject } from './message/message.ts';
export type { Log } from './log/log.ts';
export { FILES_OPTIONS } from './transport/files.ts';
export type { Bytes, Files, FilesOptions, RemoteFile, SftpOptions } from './transport/files.ts';
