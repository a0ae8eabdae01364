import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 MB and a tenth of a second for each try. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
const LENGTH = 32;

/** A password as it is kept: it cannot be read back, and each try to guess it costs. */
export interface KeptPassword {
  readonly salt: string;
  readonly hash: string;
}

/** Compared with where there is no account, so that the answer takes as long. */
export const NOBODYS: KeptPassword = {
  salt: randomBytes(16).toString('base64'),
  hash: randomBytes(LENGTH).toString('base64'),
};

export async function keepPassword(password: string): Promise<KeptPassword> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt);
  return { salt: salt.toString('base64'), hash: hash.toString('base64') };
}

export async function isPassword(password: string, kept: KeptPassword): Promise<boolean> {
  const hash = await derive(password, Buffer.from(kept.salt, 'base64'));
  return timingSafeEqual(hash, Buffer.from(kept.hash, 'base64'));
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, LENGTH, COST, (fault, key) => {
      if (fault === null) resolve(key);
      else reject(fault);
    });
  });
}
