import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServiceMissing } from '../services.ts';
import { folderOf, installPython } from './python-packages.ts';

const run = promisify(execFile);
/** Made by a generator from the definition of 1.1 that the standard's makers have published. */
const PACKAGES = ['strongmind-oneroster-client==2.0.5'];
/** Reads each list to its end; prints what it has understood of every object. */
const MAIN = `
import json, sys
from oneroster_client import api_client, configuration
from oneroster_client.api import (
    academic_sessions_management_api, classes_management_api, enrollments_management_api,
    orgs_management_api, users_management_api)
url, token = sys.argv[1:]
config = configuration.Configuration()
config.host, config.access_token = url, token
client = api_client.ApiClient(config)
lists = {
    'orgs': orgs_management_api.OrgsManagementApi(client).get_orgs,
    'users': users_management_api.UsersManagementApi(client).get_users,
    'classes': classes_management_api.ClassesManagementApi(client).get_classes,
    'enrollments': enrollments_management_api.EnrollmentsManagementApi(client).get_enrollments,
    'academic_sessions': academic_sessions_management_api
        .AcademicSessionsManagementApi(client).get_academic_sessions,
}
found = {}
for name, read in lists.items():
    found[name], offset = [], 0
    while True:
        page = getattr(read(limit=50, offset=offset, filter="status='active'"), name)
        if not page: break
        found[name] += [client.sanitize_for_serialization(one) for one in page]
        offset += len(page)
print(json.dumps(found))
`;

type Understood = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Whether a client of OneRoster 1.1 can be had that we did not write. */
export async function findOneRosterClient(): Promise<ServiceMissing | null> {
  const isThere = await installPython(PACKAGES);
  return isThere ? null : { missing: 'the client needs Python 3 with pip, and a package index' };
}

/** What that client has understood of a provider's lists. */
export async function readByClient(url: string, token: string): Promise<Understood> {
  const env = { ...process.env, PYTHONPATH: folderOf(PACKAGES) };
  const options = { env, maxBuffer: 64_000_000 };
  const { stdout } = await run('python3', ['-c', MAIN, url, token], options);
  return JSON.parse(stdout);
}
