import assert from 'node:assert/strict';
import { COMMON, PERSONS } from '../connectors/itslearning/services.ts';
import { ENVELOPE, PASSWORD_TEXT, SECURITY } from '../core/transport/http/soap-client.ts';

/** A pupil whose name changes, as the register and both vendors know the pupil. */
export interface Pupil {
  readonly id: string;
  /** The register's element, with the family name as `@`. */
  readonly element: string;
  readonly givenName: string;
  /** The SCIM service's id of the pupil. */
  readonly remoteId: string;
}

/** What a careful programmer would send for a pupil's new name: one PATCH, one SOAP call. */
export async function callByHand(
  { LMS_URL, IDENTITY_URL }: { readonly LMS_URL: string; readonly IDENTITY_URL: string },
  { id, remoteId, givenName }: Pupil,
  familyName: string,
): Promise<void> {
  const operations = [
    { op: 'replace', path: 'name.familyName', value: familyName },
    { op: 'replace', path: 'displayName', value: `${givenName} ${familyName}` },
  ];
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
  const patched = await fetch(`${IDENTITY_URL}/Users/${remoteId}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer secret', 'content-type': 'application/scim+json' },
    body: JSON.stringify({ schemas, Operations: operations }),
  });
  assert.ok(patched.ok, await patched.text());
  const answered = await fetch(`${LMS_URL}/${PERSONS.endpoint}`, {
    method: 'POST',
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"http://www.imsglobal.org/soap/${PERSONS.action}/updatePersons"`,
    },
    body: envelopeOf(id, givenName, familyName),
  });
  assert.match(await answered.text(), /codeMajor>success</i);
}

function envelopeOf(id: string, givenName: string, familyName: string): string {
  const part = (type: string, value: string) =>
    `<d:partName><d:namePartType>${type}</d:namePartType><d:namePartValue>${value}</d:namePartValue></d:partName>`;
  return `<s:Envelope xmlns:s="${ENVELOPE}" xmlns:w="${SECURITY}" xmlns:c="${COMMON}"
 xmlns:m="${PERSONS.messages}" xmlns:d="${PERSONS.data}"><s:Header><w:Security><w:UsernameToken>
<w:Username>hub</w:Username><w:Password Type="${PASSWORD_TEXT}">secret</w:Password>
</w:UsernameToken></w:Security></s:Header><s:Body><m:updatePersonsRequest><m:personIdPairSet>
<m:personIdPair><m:sourcedId><c:identifier>${id}</c:identifier></m:sourcedId><m:person>
<d:name>${part('First', givenName)}${part('Last', familyName)}</d:name><d:institutionRole>
<d:institutionRoleType>Student</d:institutionRoleType><d:primaryRoleType>true</d:primaryRoleType>
</d:institutionRole></m:person></m:personIdPair></m:personIdPairSet></m:updatePersonsRequest>
</s:Body></s:Envelope>`;
}
