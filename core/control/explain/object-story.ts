import type { Entity, JsonObject, Message } from '../../message/message.ts';
import { projectNow } from '../../plan/project.ts';
import { type Engine, flowOfTarget, sightOf, targetOfFlow } from '../../run/engine.ts';

/** What a message is about: the entity as its flow sees it, and the object before and now. */
export interface ObjectStory {
  /** Null where there is none any more. */
  readonly entity: Entity | null;
  /** What the target has confirmed; null if nothing. */
  readonly confirmed: JsonObject | null;
  /** What it would be sent now; null where nothing is wanted, or it cannot be made. */
  readonly wanted: JsonObject | null;
}

/**
 * Shows what stands behind a delivery, through the views of its flow. Null for a message of a
 * source, of a target that no flow has any more, and for what comes from a protected person.
 */
export async function objectStory(engine: Engine, message: Message): Promise<ObjectStory | null> {
  const { store, workspace } = engine;
  const { origin, objectKind, key } = message;
  const flow = flowOfTarget(engine, message.target);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const [stored] = await store.entities.get(origin.kind, [origin.id]);
  const schema = workspace.canonical.get(origin.kind);
  if (stored !== undefined && schema?.isProtected(stored.entity) === true) return null;
  const sight = sightOf(engine, flow);
  const [entity = null] =
    stored === undefined ? [] : await sight.views.of(origin.kind, [stored.entity]);
  const [row] = await store.ledger.byKeys(target.name, objectKind, [key]);
  const kind = target.kinds.find((one) => one.kind === objectKind);
  let wanted: JsonObject | null = null;
  for (const mapping of kind?.mappings ?? []) {
    if (mapping.from.kind !== origin.kind) continue;
    const [projected] = await projectNow(target, mapping, [origin.id], sight);
    wanted ??= projected?.wanted.find((one) => one.key === key)?.object ?? null;
  }
  return { entity, confirmed: row?.object ?? null, wanted };
}
