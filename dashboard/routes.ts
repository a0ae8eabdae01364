import { AUDIT } from './pages/audit.ts';
import { DIGEST } from './pages/digest.ts';
import { EXPLAIN } from './pages/explain.ts';
import { FAILED } from './pages/failed.ts';
import { FLOWS } from './pages/flows.ts';
import { HEALTH } from './pages/health.ts';
import { HOLDS } from './pages/holds.ts';
import { MAPPING } from './pages/mapping.ts';
import { MAPPING_TRIAL } from './pages/mapping-trial.ts';
import { MESSAGE } from './pages/message.ts';
import { METRICS } from './pages/metrics.ts';
import { MODULES } from './pages/modules.ts';
import { OVERRIDES } from './pages/overrides.ts';
import { OVERVIEW } from './pages/overview.ts';
import { PAST } from './pages/past.ts';
import { PERSON } from './pages/person.ts';
import { REMARK } from './pages/remark.ts';
import { RESEND } from './pages/resend.ts';
import { RETRY } from './pages/retry.ts';
import { RUNS } from './pages/runs.ts';
import { SCHEDULE } from './pages/schedule.ts';
import { SETTINGS } from './pages/settings.ts';
import { SHORTCUTS } from './pages/shortcuts.ts';
import { SIGN_IN } from './pages/sign-in.ts';
import { TABLE_ROW } from './pages/table-row.ts';
import type { Route } from './route.ts';

/** Every address that is served; test/dashboard/access-matrix.test.ts knows each of them. */
export const ROUTES: readonly Route[] = [
  ...HEALTH,
  ...METRICS,
  ...SIGN_IN,
  ...OVERVIEW,
  ...DIGEST,
  ...FAILED,
  ...RETRY,
  ...REMARK,
  ...MESSAGE,
  ...TABLE_ROW,
  ...HOLDS,
  ...OVERRIDES,
  ...PERSON,
  ...PAST,
  ...EXPLAIN,
  ...RESEND,
  ...RUNS,
  ...FLOWS,
  ...MAPPING,
  ...MAPPING_TRIAL,
  ...MODULES,
  ...SCHEDULE,
  ...AUDIT,
  ...SETTINGS,
  ...SHORTCUTS,
];
