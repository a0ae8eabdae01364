import { asksWhose } from '../language/ours.ts';
import type { HeadRecipe } from '../rules/each.ts';
import type { Evaluation, Making, PathRecipe, Recipe } from '../rules/evaluation.ts';
import { placesOf } from './by-expression.ts';
import { Place, type Shown } from './shown.ts';

/** What a mapping reads, by its rules. */
export interface ReadByRules {
  /** Of its entity. */
  readonly shown: Shown;
  /** Of the entities that it looks up, by their kinds. */
  readonly shownLookedUp: ReadonlyMap<string, Shown>;
  /** It asks for more than that something is ours. */
  readonly asksWhose: boolean;
}

/** What a mapping reads of its entity, and of those that it looks up, field by field. */
export function readByRules(head: HeadRecipe, key: Evaluation, making: Making): ReadByRules {
  const reading = new Reading();
  for (const { list, slot } of head.lists) reading.name(slot, list);
  for (const { slot, value } of head.names) reading.name(slot, value);
  if (head.when !== null) reading.use(head.when.value);
  reading.use(key);
  reading.make(making);
  const lookedUp = [...reading.lookedUp].map(([kind, place]) => [kind, place.shown()] as const);
  const { root, asksWhose } = reading;
  return { shown: root.shown(), shownLookedUp: new Map(lookedUp), asksWhose };
}

class Reading {
  readonly root = new Place();
  readonly #slots = new Map<number, readonly Place[]>();
  /** The entities of a kind that are looked up, all as one. */
  readonly lookedUp = new Map<string, Place>();
  asksWhose = false;

  name(slot: number, { recipe }: Evaluation): void {
    this.#slots.set(slot, this.#placesOf(recipe));
  }

  use({ recipe }: Evaluation): void {
    for (const place of this.#placesOf(recipe)) place.use();
  }

  make({ fields }: Making): void {
    for (const { value } of fields) this.use(value);
  }

  /** Where the value may stand, if it is one of the entity. */
  #placesOf(recipe: Recipe): readonly Place[] {
    switch (recipe.kind) {
      case 'path':
        return this.#path(recipe);
      case 'expression': {
        const names = new Map<string, readonly Place[]>([['it', [this.root]]]);
        for (const name of recipe.absent.keys()) {
          const slot = recipe.slots.get(name);
          const places = slot === undefined ? [this.root.field(name)] : this.#slots.get(slot);
          names.set(name, places ?? []);
        }
        this.asksWhose ||= asksWhose(recipe.ast);
        return placesOf(recipe.ast, names);
      }
      case 'rule':
        return this.#placesOf(recipe.source.recipe);
      case 'identity':
        return this.#whole(recipe.of);
      case 'lookup':
        this.#whole(recipe.by);
        return [this.#lookedUp(recipe.entityKind)];
      case 'taken':
        this.#slots.set(recipe.slot, this.#placesOf(recipe.of));
        return this.#path(recipe.take);
      case 'rules':
        return recipe.rules.flatMap((one) => this.#placesOf(one.recipe));
      case 'item':
        if (recipe.where !== null) this.use(recipe.where);
        this.make(recipe.make);
        return [];
      case 'items': {
        const places = this.#path(recipe.list);
        this.#slots.set(recipe.slot, places);
        if (recipe.where !== null) this.use(recipe.where);
        if (recipe.make === null) return places;
        this.make(recipe.make);
        return [];
      }
      case 'constant':
      case 'days':
        return [];
    }
  }

  #lookedUp(kind: string): Place {
    const known = this.lookedUp.get(kind) ?? new Place();
    this.lookedUp.set(kind, known);
    return known;
  }

  #whole(recipe: Recipe): readonly Place[] {
    for (const place of this.#placesOf(recipe)) place.use();
    return [];
  }

  #path({ slot, steps }: PathRecipe): readonly Place[] {
    let places = slot === null ? [this.root] : (this.#slots.get(slot) ?? []);
    for (const step of steps) {
      if (step.kind === 'field' && step.name === 'governedBy') this.asksWhose = true;
      if (step.kind === 'field') places = places.map((one) => one.field(step.name));
      if (step.kind === 'match') for (const one of places) one.field(step.field).use();
    }
    return places;
  }
}
