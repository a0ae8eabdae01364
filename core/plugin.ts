/** The door for connectors: everything that a plug-in may use, and nothing else. */
export * from './codec/delimited.ts';
export * from './codec/fixed-width.ts';
export * from './codec/layout.ts';
export * from './codec/layout-reading.ts';
export * from './codec/xml-document.ts';
export * from './codec/xml-element.ts';
export * from './codec/xml-records.ts';
export * from './connector/connector.ts';
export * from './failure/failure.ts';
export type { Log } from './log/log.ts';
export type { Json, JsonObject } from './message/message.ts';
export type { Bytes, Files, FilesOptions, RemoteFile, SftpOptions } from './transport/files.ts';
export { FILES_OPTIONS } from './transport/files.ts';
export * from './transport/http-client.ts';
export { failureOfStatus, isHtml } from './transport/http-failure.ts';
export * from './transport/oauth.ts';
export * from './transport/open-files.ts';
export * from './transport/redact.ts';
