/** One of the IMS Enterprise Services, as itslearning offers them. */
export interface Service {
  /** File of the endpoint below the base URL. */
  readonly endpoint: string;
  /** Part of the SOAPAction. */
  readonly action: 'pms' | 'gms' | 'mms';
  readonly messages: string;
  readonly data: string;
}

const IMS = 'http://www.imsglobal.org/services';

export const COMMON = `${IMS}/common/imsCommonSchema_v1p0`;
export const HEADER = `${IMS}/common/imsMessBindSchema_v1p0`;
export const INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';

export const PERSONS: Service = {
  endpoint: 'PersonManagementServiceSync.svc',
  action: 'pms',
  messages: `${IMS}/pms/xsd/imsPersonManMessSchema_v1p0`,
  data: `${IMS}/pms/xsd/imsPersonManDataSchema_v1p0`,
};

export const GROUPS: Service = {
  endpoint: 'GroupManagementServiceSync.svc',
  action: 'gms',
  messages: `${IMS}/gms/xsd/imsGroupManMessSchema_v1p0`,
  data: `${IMS}/gms/xsd/imsGroupManDataSchema_v1p0`,
};

export const MEMBERSHIPS: Service = {
  endpoint: 'MembershipManagementServiceSync.svc',
  action: 'mms',
  messages: `${IMS}/mms/xsd/imsMemberManMessSchema_v1p0`,
  data: `${IMS}/mms/xsd/imsMemberManDataSchema_v1p0`,
};
