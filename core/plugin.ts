/** The door for connectors: everything that a plug-in may use, and nothing else. */
export * from './codec/delimited.ts';
export * from './codec/fixed-width.ts';
export * from './codec/json-list.ts';
export * from './codec/layout/file-date.ts';
export * from './codec/layout/layout.ts';
export * from './codec/layout/layout-reading.ts';
export * from './codec/xml/xml-document.ts';
export * from './codec/xml/xml-element.ts';
export * from './codec/xml/xml-records.ts';
export * from './connector/connector.ts';
export * from './connector/taken.ts';
export * from './failure/failure.ts';
export type { Log } from './log/log.ts';
export { isObject } from './message/digest.ts';
export type { Json, JsonObject, Trouble } from './message/message.ts';
export type {
  Bytes,
  Files,
  FilesOptions,
  RemoteFile,
  SftpOptions,
} from './transport/files/files.ts';
export { FILES_OPTIONS } from './transport/files/files.ts';
export * from './transport/files/open-files.ts';
export * from './transport/files/whole-file.ts';
export * from './transport/http/http-client.ts';
export { failureOfStatus, isHtml } from './transport/http/http-failure.ts';
export * from './transport/http/oauth.ts';
export * from './transport/http/redact.ts';
export * from './transport/http/simulated-http.ts';
export * from './transport/http/tls-fetch.ts';
