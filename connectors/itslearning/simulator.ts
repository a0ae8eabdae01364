import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bodyOf,
  type FrontDoorFault,
  findElement,
  findElements,
  parseXml,
  serveOnLoopback,
  showAtFrontDoor,
  type XmlElement,
} from '../../core/plugin.ts';
import { readAnswer } from './simulator-gradebook.ts';
import { ItslearningSite, type Verdict } from './simulator-site.ts';

/** A fault that the next requests show, on demand. */
export type SimulatedFault =
  | FrontDoorFault
  | { readonly kind: 'error-before' | 'error-after' | 'fault' }
  /** Verdicts of half of the objects; each verdict twice. */
  | { readonly kind: 'half' | 'twice' }
  /** An answer of another version: the verdicts have another name, or there is more. */
  | { readonly kind: 'drifted-name' | 'more-fields' }
  /** Until it is healed, a filter in between refuses each request that names this id. */
  | { readonly kind: 'refuses'; readonly id: string }
  /** Says this of each object, whatever became of it. */
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** Answers only after this time; the change is made first. */
  | { readonly kind: 'slow'; readonly ms: number };

export interface SimulatorOptions {
  readonly user: string;
  readonly password: string;
}

export interface ItslearningSimulator {
  readonly url: string;
  readonly site: ItslearningSite;
  /** Requests so far. */
  readonly calls: () => number;
  /** Shows this fault once for each of the next requests. */
  readonly failNext: (...faults: readonly SimulatedFault[]) => void;
  /** Forgets the faults that are still to be shown. */
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

/** More unprocessed objects than this in one request are declined (itslearning, Dos and don'ts). */
const MOST_OBJECTS = 50;
const CONTENT_TYPE = 'text/xml; charset=utf-8';

/** Starts a simulated itslearning on a free loopback port; see README.md for what is assumed. */
export async function startItslearning(options: SimulatorOptions): Promise<ItslearningSimulator> {
  const site = new ItslearningSite();
  const faults: SimulatedFault[] = [];
  let calls = 0;
  const service = await serveOnLoopback((request, response) => {
    calls += 1;
    const fault = faults[0]?.kind === 'refuses' ? faults[0] : faults.shift();
    return answer(request, response, site, options, fault);
  });
  return {
    url: service.origin,
    site,
    calls: () => calls,
    failNext: (...more) => void faults.push(...more),
    heal: () => void faults.splice(0),
    stop: service.stop,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  site: ItslearningSite,
  options: SimulatorOptions,
  fault: SimulatedFault | undefined,
): Promise<void> {
  const text = await bodyOf(request);
  if (showBefore(response, fault, text)) return;
  const envelope = parseXml(text);
  if (!isKnownUser(envelope, options)) {
    send(
      response,
      500,
      faultXml('a:InvalidSecurity', 'An error occurred when verifying security.'),
    );
    return;
  }
  const operation = /\/(\w+)"?$/.exec(String(request.headers['soapaction']))?.[1] ?? '';
  if (operation.startsWith('Read')) {
    const read = readAnswer(operation, envelope, site);
    const isNone = read === null;
    send(response, isNone ? 500 : 200, read ?? faultXml('s:Client', 'The request is refused'));
    return;
  }
  const objects = countObjects(envelope);
  const isBroken = findElements(envelope, 'bday').some((bday) => bday.text === '');
  if (isBroken || objects > MOST_OBJECTS) {
    send(response, 500, faultXml('s:Server', 'Internal server error'));
    return;
  }
  const body = findElement(envelope, 'Body')?.children[0];
  const verdicts = body === undefined ? [] : site.perform(operation, body);
  if (fault?.kind === 'slow') await sleep(fault.ms);
  if (fault?.kind === 'error-after') {
    send(response, 500, faultXml('s:Server', 'Internal server error'));
    return;
  }
  send(response, 200, disturbed(operation, verdicts, fault));
}

function disturbed(
  operation: string,
  verdicts: readonly Verdict[],
  fault: SimulatedFault | undefined,
): string {
  switch (fault?.kind) {
    case 'half':
      return answerXml(operation, verdicts.slice(0, Math.floor(verdicts.length / 2)));
    case 'twice':
      return answerXml(
        operation,
        verdicts.flatMap((verdict) => [verdict, verdict]),
      );
    case 'verdict':
      return answerXml(
        operation,
        verdicts.map(() => fault.verdict),
      );
    case 'drifted-name':
      return answerXml(operation, verdicts).replaceAll('codeMajor>', 'major>');
    case 'more-fields':
      return answerXml(operation, verdicts).replaceAll(
        '<codeMajor>',
        '<constructor><a/></constructor><codeMajor>',
      );
    default:
      return answerXml(operation, verdicts);
  }
}

/** Pairs of the plural operations, or ids of a plural deletion. */
function countObjects(envelope: XmlElement): number {
  const sets = ['personIdPairSet', 'groupIdPairSet', 'membershipIdPairSet', 'sourcedIdSet'];
  return sets.reduce((sum, set) => sum + (findElement(envelope, set)?.children.length ?? 0), 0);
}

/** Faults that show before anything is done; true if one was shown. */
function showBefore(
  response: ServerResponse,
  fault: SimulatedFault | undefined,
  asked: string,
): boolean {
  switch (fault?.kind) {
    case 'busy':
    case 'html':
    case 'drip':
      showAtFrontDoor(response, fault, CONTENT_TYPE);
      return true;
    case 'error-before':
      send(response, 500, faultXml('s:Server', 'Internal server error'));
      return true;
    case 'refuses':
      if (!asked.includes(`>${fault.id}<`)) return false;
      send(response, 400, 'Bad request');
      return true;
    case 'fault':
      send(response, 200, faultXml('s:Server', 'The service is not available'));
      return true;
    default:
      return false;
  }
}

function isKnownUser(envelope: XmlElement, { user, password }: SimulatorOptions): boolean {
  const token = findElement(envelope, 'UsernameToken');
  if (token === undefined) return false;
  return (
    findElement(token, 'Username')?.text === user &&
    findElement(token, 'Password')?.text === password
  );
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': CONTENT_TYPE });
  response.end(xml);
}

const OPEN = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">';

function faultXml(code: string, text: string): string {
  const fault = `<faultcode>${code}</faultcode><faultstring>${text}</faultstring>`;
  return `${OPEN}<s:Body><s:Fault>${fault}</s:Fault></s:Body></s:Envelope>`;
}

/** Plural operations answer a positional set, single ones a single status; the body is empty. */
function answerXml(operation: string, verdicts: readonly Verdict[]): string {
  const statuses = verdicts.map(statusXml).join('');
  const isPlural = operation.endsWith('s');
  const info = isPlural ? `<statusInfoSet>${statuses}</statusInfoSet>` : statuses;
  const header = `<h:syncResponseHeaderInfo xmlns:h="urn:h">${info}</h:syncResponseHeaderInfo>`;
  const body = `<${operation}Response/>`;
  return `${OPEN}<s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}

function statusXml({ codeMajor, severity, codeMinor, text, about = '' }: Verdict): string {
  const fields = codeMinor.split(' ').map(minorXml).join('');
  const minor = codeMinor === '' ? '' : `<codeMinor>${fields}</codeMinor>`;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const ref = about === '' ? '' : `<messageIdRef>${about}</messageIdRef>`;
  const description =
    text === '' ? '' : `<description><language>en</language><text>${escaped}</text></description>`;
  return `<statusInfo><codeMajor>${codeMajor}</codeMajor><severity>${severity}</severity>${minor}${ref}${description}</statusInfo>`;
}

function minorXml(value: string): string {
  const field = `<codeMinorName>t</codeMinorName><codeMinorValue>${value}</codeMinorValue>`;
  return `<codeMinorField>${field}</codeMinorField>`;
}
