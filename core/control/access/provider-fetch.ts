import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { TransientFailure } from '../../failure/failure.ts';
import { bytesWithin } from '../../transport/body-within.ts';

const MOST_BYTES = 1_000_000;

/**
 * A way to the network that leads to these origins alone, whatever a discovery document names, and
 * reads no answer without end. Throws PROVIDER_UNUSABLE.
 */
export function fetchFrom(origins: readonly string[]): CustomFetch {
  const known = new Set(origins.map((one) => new URL(one).origin));
  return async (url, { body = null, ...init }) => {
    const { origin } = new URL(url);
    if (!known.has(origin)) {
      const hint = `If ${origin} is the provider's, name it under dashboard.openId.hosts.`;
      const text = 'its discovery document leads to an origin that config does not name';
      throw new TransientFailure('PROVIDER_UNUSABLE', text, { hint });
    }
    const answer = await fetch(url, { ...withoutNothing(init), body, redirect: 'manual' });
    const { status, headers } = answer;
    return new Response(await bounded(answer), { status, headers });
  };
}

async function bounded({ body }: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null;
  const bytes = await bytesWithin(body, MOST_BYTES);
  if (bytes === null) {
    throw new TransientFailure('PROVIDER_UNUSABLE', 'its answer has more than 1 MB');
  }
  return bytes;
}

/** As `fetch` has it: what is not there is left out. */
function withoutNothing(init: Omit<CustomFetchOptions, 'body'>): RequestInit {
  const { method, headers, signal } = init;
  return signal === undefined ? { method, headers } : { method, headers, signal };
}
