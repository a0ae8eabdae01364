import { randomUUID } from 'node:crypto';
import {
  findElement,
  findElements,
  type HttpClient,
  SoapClient,
  type SoapLogin,
  type XmlDraft,
  type XmlElement,
} from '../../core/plugin.ts';
import { COMMON, HEADER, INSTANCE, type Service } from './services.ts';

/** What itslearning says of one object of a request. */
export interface Status {
  /** Lower case: success, failure, unsupported, processing. */
  readonly codeMajor: string;
  /** Lower case: status, warning, error. */
  readonly severity: string;
  /** Lower case, for example `unknownobject`. */
  readonly codeMinors: readonly string[];
  readonly text: string;
  /** The message that it answers; '' where it does not say. */
  readonly about: string;
}

/**
 * Speaks IMS-ES: SOAP 1.1 over HTTP with a WS-Security user name, verdicts in the answer's header.
 */
export class ImsEsClient {
  readonly #soap: SoapClient;

  constructor(http: HttpClient, login: SoapLogin) {
    this.#soap = new SoapClient(http, login);
  }

  /**
   * Calls an operation; answers the statuses in the order of the request's objects. There may be
   * fewer or more than objects: then nobody knows which is whose. Throws a Failure where nothing is
   * said of any object.
   */
  async call(
    { endpoint, action, messages, data }: Service,
    operation: string,
    body: readonly XmlDraft[],
    signal: AbortSignal,
  ): Promise<readonly Status[]> {
    const message = randomUUID();
    const id = { name: 'h:messageIdentifier', text: message };
    const envelope = await this.#soap.call({
      path: endpoint,
      action: `http://www.imsglobal.org/soap/${action}/${operation}`,
      what: `itslearning ${operation}`,
      namespaces: { h: HEADER, c: COMMON, m: messages, d: data, xsi: INSTANCE },
      header: [{ name: 'h:syncRequestHeaderInfo', children: [id] }],
      body: { name: `m:${operation}Request`, children: body },
      signal,
    });
    const statuses = statusesOf(envelope);
    // An answer to another message says nothing of these objects.
    const isOurs = statuses.every(({ about }) => about === '' || about === message);
    return isOurs ? statuses : [];
  }
}

/** `statusInfoSet/statusInfo[]` of plural operations, `statusInfo` of single ones. */
function statusesOf(envelope: XmlElement): readonly Status[] {
  const header = findElement(envelope, 'syncResponseHeaderInfo');
  return header === undefined ? [] : findElements(header, 'statusInfo').map(statusOf);
}

/** Codes are compared without case: the WSDL's are lower case, clients have seen others. */
function statusOf(info: XmlElement): Status {
  const words = (name: string) =>
    findElements(info, name).map(({ text }) => text.trim().toLowerCase());
  const description = findElement(info, 'description');
  const about = findElement(info, 'messageIdRef')?.text.trim() ?? '';
  return {
    about,
    codeMajor: words('codeMajor')[0] ?? '',
    severity: words('severity')[0] ?? '',
    codeMinors: words('codeMinorValue').filter((word) => word !== ''),
    text:
      (description === undefined ? undefined : findElement(description, 'text'))?.text.trim() ?? '',
  };
}
