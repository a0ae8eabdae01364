import { buildXml, parseXml, type XmlDraft } from '../../codec/xml/xml-document.ts';
import { localName, type XmlElement } from '../../codec/xml/xml-element.ts';
import { HeldFailure, InvalidFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { failureOfStatus, isHtml, unreadable } from './http-failure.ts';

/** A call of one operation. */
export interface SoapCall {
  /** Of the endpoint, appended to the client's base. */
  readonly path: string;
  /** The SOAPAction. */
  readonly action: string;
  /** Names the call in failures. */
  readonly what: string;
  /** Prefix -> namespace, for header and body. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** What stands in the header beside the login. */
  readonly header: readonly XmlDraft[];
  /** What is asked for. */
  readonly body: XmlDraft;
  /** Ends the call. */
  readonly signal: AbortSignal;
}

/** How a SOAP service knows us: a user name token of WS-Security. */
export interface SoapLogin {
  /** User of the integration. */
  readonly user: string;
  /** Its password, sent as text. */
  readonly password: string;
}

/** Namespace of SOAP 1.1. */
export const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
/** Namespace of WS-Security. */
export const SECURITY = `${WSS}-wssecurity-secext-1.0.xsd`;
/** The type of a password that is sent as text. */
export const PASSWORD_TEXT = `${WSS}-username-token-profile-1.0#PasswordText`;

/** The service is there and says no to this one call, without a word that is meant for programs. */
export class SoapFault extends TransientFailure {}

/** Speaks SOAP 1.1 over HTTP by way of a client. */
export class SoapClient {
  readonly #http: HttpClient;
  readonly #login: SoapLogin;

  constructor(http: HttpClient, login: SoapLogin) {
    this.#http = http;
    this.#login = login;
  }

  /**
   * Calls an operation and answers the envelope. Throws a Failure for an answer without one, and a
   * SoapFault where it holds a fault.
   */
  async call(call: SoapCall): Promise<XmlElement> {
    const { path, action, what, signal } = call;
    const type = 'text/xml; charset=utf-8';
    const answer = await this.#http.send({
      ...{ method: 'POST', path, signal, body: this.#envelope(call) },
      headers: { 'content-type': type, soapaction: `"${action}"` },
    });
    if (answer.status === 429 || isHtml(answer)) throw failureOfAnswer(answer, what);
    const envelope = parsed(answer, what);
    throwFault(envelope, what);
    if (answer.status !== 200) throw failureOfStatus(answer, what);
    return envelope;
  }

  #envelope({ namespaces, header, body }: SoapCall): string {
    const declared = Object.entries({ s: ENVELOPE, wsse: SECURITY, ...namespaces });
    const security = { name: 'wsse:Security', children: [tokenOf(this.#login)] };
    return buildXml({
      name: 's:Envelope',
      attributes: Object.fromEntries(declared.map(([prefix, uri]) => [`xmlns:${prefix}`, uri])),
      children: [
        { name: 's:Header', children: [security, ...header] },
        { name: 's:Body', children: [body] },
      ],
    });
  }
}

function tokenOf({ user, password }: SoapLogin): XmlDraft {
  return {
    name: 'wsse:UsernameToken',
    children: [
      { name: 'wsse:Username', text: user },
      { name: 'wsse:Password', attributes: { Type: PASSWORD_TEXT }, text: password },
    ],
  };
}

/** A web page in place of SOAP is unreadable even with status 200. */
function failureOfAnswer(answer: HttpAnswer, what: string) {
  if (answer.status !== 200) return failureOfStatus(answer, what);
  return unreadable(saying('answerPage', { what }));
}

function parsed(answer: HttpAnswer, what: string): XmlElement {
  try {
    return parseXml(answer.text);
  } catch (cause) {
    if (!(cause instanceof InvalidFailure)) throw cause;
    if (answer.status !== 200) throw failureOfStatus(answer, what);
    const said = saying('answerNoXml', { what });
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', said, { cause });
  }
}

/** Servers name a refused user in the fault's code; any other fault is the server's problem. */
function throwFault(envelope: XmlElement, what: string): void {
  const fault = findElement(envelope, 'Fault');
  if (fault === undefined) return;
  const code = findElement(fault, 'faultcode')?.text ?? '';
  if (/InvalidSecurity|FailedAuthentication|AuthenticationFailed/i.test(code)) {
    throw new HeldFailure('CREDENTIALS', saying('userRefused', { what }));
  }
  throw new SoapFault('TARGET_BROKEN', saying('soapFault', { what }));
}

/** The first element of that local name at or below. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  return findElements(element, name)[0];
}

/** All elements of that local name at or below, in order. */
export function findElements(element: XmlElement, name: string): readonly XmlElement[] {
  if (localName(element.name) === name) return [element];
  return element.children.flatMap((inner) => findElements(inner, name));
}
