/** The door for connectors: everything that a plug-in may use, and nothing else. */
export { readQueue } from './broker/queue.ts';
export type { QueueMessage, QueueOptions } from './broker/rabbitmq/queue-reader.ts';
export { type DelimitedFormat, readDelimited } from './codec/delimited.ts';
export { type DelimitedStyle, formatDelimited } from './codec/delimited-rows.ts';
export { readJsonList } from './codec/json-list.ts';
export { compileFileName } from './codec/layout/file-date.ts';
export {
  type JsonLayout,
  type Layout,
  layoutNamed,
  layoutSchemaOf,
  type StreamLayout,
} from './codec/layout/layout.ts';
export type { WriteRules } from './codec/layout/write-rules.ts';
export { deletedRecords, ListedRecords } from './codec/listed-records.ts';
export { readLayoutFile, readLayoutStreams } from './codec/reading/layout-reading.ts';
export { LayoutSource } from './codec/reading/layout-source.ts';
export { LayoutSink } from './codec/writing/layout-sink.ts';
export type { RowForm } from './codec/writing/row.ts';
export { compileRowForm, type WrittenLayout } from './codec/writing/row-form.ts';
export { writtenStreams } from './codec/writing/writable.ts';
export { buildXml, parseXml, type XmlDraft } from './codec/xml/xml-document.ts';
export { child, children, childText, localName, type XmlElement } from './codec/xml/xml-element.ts';
export { readXmlRecords } from './codec/xml/xml-records.ts';
export type {
  Connector,
  Context,
  Inbox,
  KnownBlocks,
  KnownOfStream,
  MarkedBlock,
  Pace,
  PassedBlock,
  ReceivedCall,
  Receiver,
  RecordBatch,
  RecordFault,
  Refusal,
  Source,
  SourceRecord,
} from './connector/connector.ts';
export type {
  Login,
  Manifest,
  MatchField,
  ObjectManifest,
  ServiceManifest,
  SinkManifest,
  StreamManifest,
  Suspension,
} from './connector/manifest.ts';
export { Forbidden } from './connector/objects/forbidden.ts';
export { comparableId, idIn } from './connector/objects/held-ids.ts';
export { notYetThere, stillThere } from './connector/objects/late.ts';
export { missingMembers, notTaken } from './connector/objects/taken.ts';
export type {
  ApiAnswer,
  ApiRequest,
  ServedApi,
  ServedObjects,
  ServedWorld,
} from './connector/served/served-api.ts';
export {
  EVER,
  firstInOrder,
  type ServedThere,
  servedByKeys,
  servedRows,
  servedThere,
} from './connector/served/served-rows.ts';
export {
  type NotTaken,
  type ObjectSink,
  type Operation,
  type Outcome,
  type RemoteObject,
  type Sink,
  type SnapshotSink,
  type SnapshotWriter,
  withId,
} from './connector/sink.ts';
export {
  Failure,
  type FailureDetails,
  ForbiddenFailure,
  HeldFailure,
  InvalidFailure,
  type Recovery,
  RefusedFailure,
  TransientFailure,
} from './failure/failure.ts';
export { saying } from './failure/saying.ts';
export type {
  Bytes,
  Files,
  FilesOptions,
  RemoteFile,
  SftpOptions,
} from './files/files.ts';
export { FILES_OPTIONS } from './files/files.ts';
export { openFiles } from './files/open-files.ts';
export {
  type ConnectorContext,
  type Definition,
  define,
  type ServedContext,
} from './kit/define.ts';
export {
  oneByOne,
  type SingleObjects,
  type SinkOfObjects,
} from './kit/one-by-one.ts';
export type { Write, Written } from './kit/written.ts';
export type { Log } from './log/log.ts';
export { daysAfter, isDate } from './message/dates.ts';
export { isObject, isSameSecret, jsonIn, objectsIn } from './message/digest.ts';
export type { Json, JsonObject, Problem, Saying } from './message/message.ts';
export { replaceReferences, valuesAt } from './message/reference-walk.ts';
export { referencePaths } from './schema/annotation/references.ts';
export type { ReferencePath } from './schema/canonical.ts';
export type { InboxDelivery, InboxEvent, KeptEvent } from './store/inbox-store.ts';
export type { ServedQuery, ServedRow, Span } from './store/ledger-store.ts';
export { unsigned } from './transport/event-calls.ts';
export {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpStream,
  type Sign,
} from './transport/http/http-client.ts';
export {
  failureOfStatus,
  isGone,
  isHtml,
  isJson,
  isSuccess,
  refusalInside,
  wordsIn,
} from './transport/http/http-failure.ts';
export type { Paging } from './transport/http/json-pages.ts';
export {
  createJsonService,
  type JsonAnswer,
  type JsonRequest,
  type JsonService,
} from './transport/http/json-service.ts';
export { RateBudget, type RateBudgetOptions, sharedPaces } from './transport/http/rate-budget.ts';
export { redact } from './transport/http/redact.ts';
export { openService, type ServiceOptions } from './transport/http/service.ts';
export {
  bodyOf,
  type FrontDoorFault,
  type SimulatedService,
  serveOnLoopback,
  showAtFrontDoor,
} from './transport/http/simulated-http.ts';
export {
  findElement,
  findElements,
  type SoapCall,
  SoapClient,
  SoapFault,
  type SoapLogin,
} from './transport/http/soap-client.ts';
