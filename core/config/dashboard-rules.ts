import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { Saying } from '../message/message.ts';
import type { YamlFile } from '../schema/yaml-file.ts';
import { isEncrypted, isLoopback } from './loopback.ts';

/** How the dashboard is shown, and how persons sign in there. */
export interface DashboardRules {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** A proxy on this machine stands before it and speaks TLS. */
  readonly tls: boolean;
  /** Persons may sign in with passwords that are kept here. */
  readonly passwords: boolean;
  /** Where else they sign in; null: nowhere. */
  readonly openId: OpenIdRules | null;
}

/** The city's OpenID provider. */
export interface OpenIdRules {
  readonly issuer: string;
  /** Origins that are asked beside the issuer's own. */
  readonly hosts: readonly string[];
  readonly clientId: string;
  /** Still a reference. */
  readonly clientSecret: string;
  /** The dashboard's origin as browsers see it. */
  readonly address: string;
  readonly scopes: readonly string[];
  readonly nameClaim: string;
  readonly groupsClaim: string;
  /** Group -> rights, as `skolnav account` writes them. */
  readonly rights: Readonly<Record<string, readonly string[]>>;
}

type OpenIdEntry = Pick<
  OpenIdRules,
  'issuer' | 'clientId' | 'clientSecret' | 'address' | 'rights'
> &
  Partial<OpenIdRules>;

/** As it is written. */
export interface DashboardEntry extends Partial<Omit<DashboardRules, 'openId'>> {
  readonly openId?: OpenIdEntry;
}

const USUAL = { host: '127.0.0.1', port: 0, tls: false, passwords: true } as const;
const USUAL_OPEN_ID = {
  ...{ hosts: [], scopes: ['openid', 'profile'] },
  ...{ nameClaim: 'preferred_username', groupsClaim: 'groups' },
} as const;

export function dashboardOf({ openId, ...written }: DashboardEntry): DashboardRules {
  const provider = openId === undefined ? null : { ...USUAL_OPEN_ID, ...openId };
  return { ...USUAL, ...written, openId: provider };
}

/** What the schema cannot say: TLS wherever something leaves this machine, and a way to sign in. */
export function checkDashboard(yaml: YamlFile, written: DashboardEntry): readonly Lint[] {
  const lints: Lint[] = [];
  const at = (path: readonly (string | number)[], said: Saying, hint: Saying) => {
    const place = yaml.at(['dashboard', ...path]);
    lints.push(lintOf({ file: yaml.file, ...place, code: 'CONFIG_DASHBOARD' }, said, hint));
  };
  const { host = USUAL.host, tls = false, passwords = true, openId } = written;
  if (!isLoopback(host) && !tls) {
    at(['host'], saying('shownWithoutTls', {}), saying('shownWithoutTlsHint', {}));
  }
  if (!passwords && openId === undefined) {
    at(['passwords'], saying('nobodySignsIn', {}), saying('nobodySignsInHint', {}));
  }
  if (openId === undefined) return lints;
  const hint = saying('httpsHint', {});
  const asked = saying('askedWithoutTls', {});
  const wrong = (address: string) => !isSafe(address);
  if (wrong(openId.issuer)) at(['openId', 'issuer'], asked, hint);
  if (wrong(openId.address)) at(['openId', 'address'], saying('reachedWithoutTls', {}), hint);
  for (const [index, one] of (openId.hosts ?? []).entries()) {
    if (wrong(one)) at(['openId', 'hosts', index], asked, hint);
  }
  return lints;
}

function isSafe(address: string): boolean {
  return URL.parse(address)?.username === '' && isEncrypted(address);
}
