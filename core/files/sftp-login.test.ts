import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPasswordServer } from '../../test/services/password-server.ts';
import { Failure } from '../failure/failure.ts';
import { silentLog } from '../log/log.ts';
import { openFiles } from './open-files.ts';

describe('an SFTP login by password', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-login-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const ask of [false, true]) {
    const how = ask ? 'asked for as a question' : 'sent with the login';
    it(`is taken where it is ${how}, and a wrong one holds`, async () => {
      const server = await startPasswordServer(folder, 'right', ask);
      try {
        const open = (password: string) =>
          openFiles(
            {
              sftp: {
                ...{ host: '127.0.0.1', port: server.port, user: 'hub', password },
                hostKeys: [server.hostKey],
              },
            },
            { folder, log: silentLog },
          );
        const files = await open('right');
        await files.close();
        const refusal = (error: unknown) =>
          error instanceof Failure && error.code === 'CREDENTIALS' && error.recovery === 'hold';
        await assert.rejects(open('wrong'), refusal);
      } finally {
        await server.stop();
      }
    });
  }
});
