import type { Connector, Context } from '../../../connector/connector.ts';
import type { ServedWorld } from '../../../connector/served/served-api.ts';
import { HeldFailure } from '../../../failure/failure.ts';
import type { Workspace } from '../../../flow/workspace.ts';
import { isObject } from '../../../message/digest.ts';
import type { Json, JsonObject } from '../../../message/message.ts';
import type { OpenedServed } from '../../../run/engine.ts';
import type { Store } from '../../../store/store.ts';
import { type Credentials, seal, unseal } from '../../../transport/served/served-token.ts';

/** A binding's connector, and what it is opened with. */
export interface Opening {
  readonly connector: Connector;
  readonly options: JsonObject;
  readonly context: Context;
}

/** Opens what answers the client of a served module. Throws CONFIG_INVALID where nothing does. */
export async function openServed(
  module: string,
  { connector, options, context }: Opening,
  { config }: Workspace,
  store: Store,
): Promise<OpenedServed> {
  if (connector.openServed === undefined) {
    const text = `the connector of module "${module}" answers no client`;
    throw new HeldFailure('CONFIG_INVALID', text);
  }
  const client = { module, ...clientIn(options) };
  const target = `${module}:${config.modules.get(module)?.connector ?? ''}`;
  const world = { ...context, ...servedWorld(client, target, store) };
  return { ...client, api: await connector.openServed(options, world) };
}

/** The client of a served module's options, which were checked against its manifest. */
function clientIn({ client }: JsonObject): { readonly id: string; readonly secret: string } {
  const { id = '', secret = '' } = isObject(client) ? client : {};
  return { id: String(id), secret: String(secret) };
}

/** What a served client may fetch and keep: that of its own target, and nothing else. */
function servedWorld(
  client: Credentials,
  target: string,
  { served, getValue, replaceValue }: Store,
): ServedWorld {
  const name = `served ${target}`;
  const change = async (make: (kept: Json) => Json): Promise<void> => {
    for (;;) {
      const kept = await getValue(name);
      if (await replaceValue(name, kept, make(kept))) return;
    }
  };
  return {
    objects: {
      page: (kind, query) => served.page(target, kind, query),
      byKeys: (kind, keys) => served.byKeys(target, kind, keys),
      count: (kind, spans) => served.count(target, kind, spans),
    },
    kept: { read: () => getValue(name), change },
    seal: (value) => seal(client, value),
    unseal: (text) => unseal(client, text),
  };
}
