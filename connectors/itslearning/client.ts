import { randomUUID } from 'node:crypto';
import {
  buildXml,
  createHttpClient,
  failureOfStatus,
  HeldFailure,
  type HttpAnswer,
  type HttpClient,
  InvalidFailure,
  isHtml,
  localName,
  parseXml,
  type Surroundings,
  TransientFailure,
  type XmlDraft,
  type XmlElement,
} from '../../core/plugin.ts';
import {
  COMMON,
  ENVELOPE,
  HEADER,
  INSTANCE,
  PASSWORD_TEXT,
  SECURITY,
  type Service,
} from './services.ts';

export interface ClientOptions {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
}

/** What itslearning says of one object of a request. */
export interface Status {
  /** Lower case: success, failure, unsupported, processing. */
  readonly codeMajor: string;
  /** Lower case: status, warning, error. */
  readonly severity: string;
  /** Lower case, for example `unknownobject`. */
  readonly codeMinors: readonly string[];
  readonly text: string;
}

/**
 * Speaks IMS-ES: SOAP 1.1 over HTTP with a WS-Security user name, verdicts in the answer's header.
 */
export class ImsEsClient {
  readonly #http: HttpClient;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions, { fetch, now, sleep, paceOf }: Surroundings) {
    this.#options = options;
    const { url: baseUrl, requestsPerSecond, timeoutMs } = options;
    const limits = { requestsPerSecond, timeoutMs, paceOf };
    this.#http = createHttpClient({ fetch, now, sleep, baseUrl, ...limits });
  }

  /**
   * Calls an operation; answers the statuses in the order of the request's objects. There may be
   * fewer or more than objects: then nobody knows which is whose. Throws a Failure where nothing is
   * said of any object.
   */
  async call(
    service: Service,
    operation: string,
    body: readonly XmlDraft[],
    signal: AbortSignal,
  ): Promise<readonly Status[]> {
    const answer = await this.#http.send({
      method: 'POST',
      path: service.endpoint,
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        soapaction: `"http://www.imsglobal.org/soap/${service.action}/${operation}"`,
      },
      body: this.#envelope(service, operation, body),
      signal,
    });
    const what = `itslearning ${operation}`;
    if (answer.status === 429 || isHtml(answer)) throw failureOfAnswer(answer, what);
    const envelope = parsed(answer, what);
    throwFault(envelope, what);
    if (answer.status !== 200) throw failureOfStatus(answer, what);
    return statusesOf(envelope);
  }

  #envelope(service: Service, operation: string, body: readonly XmlDraft[]): string {
    const { user, password } = this.#options;
    const token: XmlDraft = {
      name: 'wsse:UsernameToken',
      children: [
        { name: 'wsse:Username', text: user },
        { name: 'wsse:Password', attributes: { Type: PASSWORD_TEXT }, text: password },
      ],
    };
    return buildXml({
      name: 's:Envelope',
      attributes: {
        'xmlns:s': ENVELOPE,
        'xmlns:wsse': SECURITY,
        'xmlns:h': HEADER,
        'xmlns:c': COMMON,
        'xmlns:m': service.messages,
        'xmlns:d': service.data,
        'xmlns:xsi': INSTANCE,
      },
      children: [
        {
          name: 's:Header',
          children: [
            { name: 'wsse:Security', children: [token] },
            {
              name: 'h:syncRequestHeaderInfo',
              children: [{ name: 'h:messageIdentifier', text: randomUUID() }],
            },
          ],
        },
        { name: 's:Body', children: [{ name: `m:${operation}Request`, children: body }] },
      ],
    });
  }
}

/** A web page in place of SOAP is unreadable even with status 200. */
function failureOfAnswer(answer: HttpAnswer, what: string) {
  if (answer.status !== 200) return failureOfStatus(answer, what);
  const text = `${what}: the target answers with a web page.`;
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
}

function parsed(answer: HttpAnswer, what: string): XmlElement {
  try {
    return parseXml(answer.text);
  } catch (cause) {
    if (!(cause instanceof InvalidFailure)) throw cause;
    if (answer.status !== 200) throw failureOfStatus(answer, what);
    const text = `${what}: the answer is not XML.`;
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text, { cause });
  }
}

/** WCF names a refused user in the fault's code; any other fault is the server's trouble. */
function throwFault(envelope: XmlElement, what: string): void {
  const fault = find(envelope, 'Fault');
  if (fault === undefined) return;
  const code = find(fault, 'faultcode')?.text ?? '';
  if (/InvalidSecurity|FailedAuthentication|AuthenticationFailed/i.test(code)) {
    throw new HeldFailure('CREDENTIALS', `${what}: itslearning refuses the user or its password.`);
  }
  throw new TransientFailure('TARGET_BROKEN', `${what}: the target answers with a SOAP fault.`);
}

/** `statusInfoSet/statusInfo[]` of plural operations, `statusInfo` of single ones. */
function statusesOf(envelope: XmlElement): readonly Status[] {
  const header = find(envelope, 'syncResponseHeaderInfo');
  return header === undefined ? [] : findAll(header, 'statusInfo').map(statusOf);
}

/** Codes are compared without case: the WSDL's are lower case, clients have seen others. */
function statusOf(info: XmlElement): Status {
  const words = (name: string) => findAll(info, name).map(({ text }) => text.trim().toLowerCase());
  const description = find(info, 'description');
  return {
    codeMajor: words('codeMajor')[0] ?? '',
    severity: words('severity')[0] ?? '',
    codeMinors: words('codeMinorValue').filter((word) => word !== ''),
    text: (description === undefined ? undefined : find(description, 'text'))?.text.trim() ?? '',
  };
}

/** The first element of that local name at or below. */
export function find(element: XmlElement, name: string): XmlElement | undefined {
  return findAll(element, name)[0];
}

/** All elements of that local name at or below, in order. */
export function findAll(element: XmlElement, name: string): readonly XmlElement[] {
  if (localName(element.name) === name) return [element];
  return element.children.flatMap((inner) => findAll(inner, name));
}
