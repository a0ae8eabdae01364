import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const OWNER = `
import { spawn } from 'node:child_process';
const { endWithUs, serverFolder } = await import(process.argv[1]);
const folder = await serverFolder('owned');
const server = spawn('sleep', ['600'], { stdio: ['ignore', 'inherit', 'ignore'] });
endWithUs(server, folder);
console.log(folder);
setInterval(() => undefined, 1000);
`;

describe('a server that a test starts', () => {
  it('ends, and its folder goes, when the test is killed', async () => {
    const module = join(import.meta.dirname, 'own-server.ts');
    const options = ['--input-type=module', '--eval', OWNER, module];
    const owner = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text] = await once(owner.stdout, 'data');
    const folder = String(text).trim();
    assert.ok(existsSync(folder));
    owner.kill('SIGKILL');
    // The server has it, too, and is the last to let go of it.
    await once(owner.stdout, 'close');
    for (let looks = 0; looks < 100 && existsSync(folder); looks++) await sleep(50);
    assert.ok(!existsSync(folder));
  });
});
