import type { CanonicalSchemas } from '../../core/schema/canonical.ts';
import { preloadedTogether } from '../../core/view/preloaded.ts';
import type { ViewedEntities, ViewNeeds, Views } from '../../core/view/views.ts';

/** The views of one plan alone: see `preloadedTogether`. */
export async function preloadedViews(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
  today: string,
): Promise<Views> {
  return (await preloadedTogether(entities, canonical, [needs], today))(needs);
}
