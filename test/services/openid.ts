import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'skolnav', secret: 'a-secret-of-the-client' } as const;

/** An OpenID provider that we did not write (oidc-provider), with persons of the test's own. */
export interface OpenIdService {
  readonly issuer: string;
  /** Login -> claims; a test may change them. Any password will do. */
  readonly persons: Map<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** Whether groups stand in the ID token itself, or are told by the userinfo endpoint alone. */
export type WhereClaims = 'id token' | 'userinfo';

/** A provider on loopback that knows a dashboard at this address. */
export async function startOpenId(
  address: string,
  where: WhereClaims = 'userinfo',
): Promise<OpenIdService> {
  const { server, origin } = await listening();
  const persons = new Map<string, Readonly<Record<string, unknown>>>();
  const provider = quietly(
    () =>
      new Provider(origin, {
        clients: [
          {
            ...{ client_id: CLIENT.id, client_secret: CLIENT.secret },
            ...{ grant_types: ['authorization_code'], response_types: ['code'] },
            redirect_uris: [`${address}/sign-in/answer`],
            post_logout_redirect_uris: [`${address}/sign-in`],
          },
        ],
        claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
        conformIdTokenClaims: where === 'userinfo',
        ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
        cookies: { keys: ['a-key-of-the-test'] },
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({ sub: `sub-${accountId}`, ...persons.get(accountId) }),
        }),
      }),
  );
  const callback = provider.callback();
  server.on('request', (request, response) => callback(request, response));
  return { issuer: origin, persons, stop: () => closed(server) };
}

/** A server of this machine whose address is known before it answers anything. */
export async function listening(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { server, origin: `http://127.0.0.1:${port}` };
}

export async function closed(server: Server): Promise<void> {
  const over = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await over;
}

/** It warns that it is no provider for life. */
function quietly<T>(make: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}
