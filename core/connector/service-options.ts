import type { Json, JsonObject } from '../message/message.ts';
import type { Login, ServiceManifest } from './manifest.ts';

type Properties = Readonly<Record<string, JsonObject>>;

/**
 * A connector's options with those of its web service before them: where it is, how it knows us,
 * and what it bears. The core builds the client from them; see core/transport/http/service.ts.
 */
export function withServiceOptions(
  own: JsonObject,
  service: ServiceManifest,
  isServed: boolean,
): JsonObject {
  const logins = service.auth.map((login) => LOGINS[login]);
  const { properties, required = [], ...rest } = own;
  const always = isServed ? [] : ['url'];
  const ways = service.auth.map((login) => ({
    required: [...(isServed ? ['url'] : []), ...Object.keys(LOGINS[login])],
  }));
  const oneOf = isServed ? [...ways, { required: ['client'] }] : ways;
  const choice = service.optional === true ? {} : { oneOf };
  return {
    ...{ type: 'object', additionalProperties: false, ...rest, ...choice },
    required: [...always, ...(Array.isArray(required) ? required : [])],
    properties: {
      ...(isServed ? { client: CLIENT } : {}),
      url: baseOf(service),
      ...Object.assign({}, ...logins),
      headers: HEADERS,
      tls: TLS,
      ...limitsOf(service),
      ...Object(properties),
    },
  };
}

function baseOf({ example, lists }: ServiceManifest): JsonObject {
  const base = { ...URL_OPTION, description: `Base of the service: ${example}.` };
  return lists === undefined ? base : { ...base, 'x-base-of': lists };
}

function limitsOf({ requestsPerSecond = 10, timeoutMs = 30_000 }: ServiceManifest): Properties {
  return {
    requestsPerSecond: {
      ...{ type: 'number', exclusiveMinimum: 0, default: requestsPerSecond },
      description: 'Most requests per second.',
    },
    timeoutMs: {
      ...{ type: 'integer', minimum: 100, default: timeoutMs },
      description: 'For one request, in milliseconds.',
    },
  };
}

const URL_OPTION: JsonObject = { type: 'string', format: 'http-url' };

const text = (description: string, more: JsonObject = {}): JsonObject => {
  return { type: 'string', minLength: 1, ...more, description };
};
const secret = (description: string) => text(description, { writeOnly: true });
const group = (description: string, required: Json, properties: Properties): JsonObject => {
  return { type: 'object', description, additionalProperties: false, required, properties };
};

/** The options of each way to log in: one option each, so that a binding has one of them. */
const LOGINS: Readonly<Record<Login, Properties>> = {
  bearer: { token: secret('Bearer token.') },
  oauth: {
    oauth: group(
      'OAuth 2 client credentials, in place of a token.',
      ['tokenUrl', 'clientId', 'clientSecret'],
      {
        tokenUrl: { ...URL_OPTION, description: 'Where tokens are given out.' },
        clientId: text('Our id.'),
        clientSecret: secret('Our secret.'),
        scope: { type: 'string', description: 'Scope to ask for.' },
        secretIn: {
          enum: ['body', 'header'],
          description:
            'Where our secret goes: in the form, or in the Authorization header (HTTP Basic). Unless said, first the one and then the other.',
        },
      },
    ),
  },
  basic: {
    basic: group('User and password (HTTP Basic).', ['user', 'password'], {
      user: text('User of the integration.'),
      password: secret('Its password.'),
    }),
  },
  apiKey: {
    apiKey: group('A key in a header.', ['key'], {
      key: secret('The key.'),
      header: text('Name of the header.', { default: 'X-API-Key' }),
    }),
  },
  hmac: {
    hmac: group('Every request is signed with a key that we share.', ['keyId', 'secret'], {
      keyId: text('Name of the key.'),
      secret: secret('The key.'),
      keyHeader: text('Header with the name of the key.', { default: 'X-Key-Id' }),
      dateHeader: text('Header with the time of the request.', { default: 'X-Date' }),
      digestHeader: text('Header with the digest of the body.', { default: 'X-Content-SHA256' }),
      signatureHeader: text('Header with the signature.', { default: 'X-Signature' }),
    }),
  },
};

/** Of a module that is served: the one client that fetches what its flow gives it. */
const CLIENT: JsonObject = group(
  'The client that fetches from us, in place of a service that we ask: OAuth 2 client credentials.',
  ['id', 'secret'],
  {
    id: text('Its id.', { pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    secret: text('Its secret, of at least 32 characters.', { writeOnly: true, minLength: 32 }),
    callbackHosts: {
      type: 'array',
      default: [],
      uniqueItems: true,
      items: { type: 'string', pattern: '^[a-z0-9.-]+(:[0-9]+)?$' },
      description:
        'Hosts, with a port unless it is 443, that its call-backs may go to; none: it cannot subscribe.',
    },
  },
);

const HEADERS: JsonObject = {
  type: 'object',
  description: "Headers of one's own for every request, such as an API key: X-API-Key.",
  additionalProperties: { type: 'string', minLength: 1, writeOnly: true },
};

const PIN = { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' };

const TLS: JsonObject = {
  ...group('How the service and we know each other by TLS, as EGIL demands.', [], {
    cert: text(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: shown as it is written.
      'Our certificate (PEM), with those between it and its issuer: ${file:PATH}.',
    ),
    key: secret('Its private key (PEM).'),
    passphrase: { type: 'string', writeOnly: true, description: 'What the key is encrypted with.' },
    ca: text(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: shown as it is written.
      "Issuers of the service's certificate (PEM), in place of those that the system trusts: ${file:PATH}.",
    ),
    pins: {
      ...{ type: 'array', minItems: 1, items: PIN },
      description:
        "SHA-256 of the service's public key, base64, as the federation publishes it: one of them must be the key's.",
    },
    ownPin: {
      ...PIN,
      description:
        'The same of our own key, as it is published of us: another certificate is not used.',
    },
  }),
  dependentRequired: { cert: ['key'], key: ['cert'], ownPin: ['cert'] },
};
