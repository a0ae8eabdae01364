import { type ApiAnswer, isObject, type Json, type Log } from '../../../core/plugin.ts';
import { ALL_ENDPOINTS } from './endpoints.ts';
import { BadRequest } from './list-query.ts';

const SEVERITIES = ['Info', 'Warning', 'Error'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Takes what a client tells of an entity that it cannot use. Its words may name a person: they are
 * not kept, and what is noted in the log is which entity it was.
 */
export function takeLogEntry(body: Json, log: Log): ApiAnswer {
  const { message, severityLevel, resourceType, resourceId } = isObject(body) ? body : {};
  if (typeof message !== 'string') throw new BadRequest('message is a text');
  if (!SEVERITIES.includes(String(severityLevel))) {
    throw new BadRequest(`severityLevel: ${SEVERITIES.join(', ')}`);
  }
  const what = {
    severity: String(severityLevel),
    resourceType: endpointOf(resourceType),
    resourceId: typeof resourceId === 'string' && UUID.test(resourceId) ? resourceId : null,
  };
  if (severityLevel === 'Info') log.info(what, 'a client tells of an entity');
  else log.warn(what, 'a client tells of an entity');
  return { status: 201 };
}

/** Takes how many entities a client has made, changed and removed. */
export function takeStatistics(body: Json, log: Log): ApiAnswer {
  const { resourceType, newCount, updatedCount, deletedCount } = isObject(body) ? body : {};
  const endpoint = endpointOf(resourceType);
  if (endpoint === null) throw new BadRequest(`resourceType: ${ALL_ENDPOINTS.join(', ')}`);
  const counts = {
    newCount: countIn('newCount', newCount),
    updatedCount: countIn('updatedCount', updatedCount),
    deletedCount: countIn('deletedCount', deletedCount),
  };
  log.info({ resourceType: endpoint, ...counts }, 'a client tells what it has taken in');
  return { status: 201 };
}

function countIn(name: string, value: Json | undefined): number {
  if (Number.isSafeInteger(value)) return Number(value);
  throw new BadRequest(`${name} is a whole number`);
}

function endpointOf(value: Json | undefined): string | null {
  return typeof value === 'string' && ALL_ENDPOINTS.includes(value) ? value : null;
}
