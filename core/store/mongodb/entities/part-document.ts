import { Binary } from 'mongodb';
import type { EntityRef } from '../../../message/message.ts';
import type { Part, PartRemoval, UnseenPart } from '../../intake-store.ts';
import type { StagedPart } from '../../shared/overlay.ts';
import { idOf, type Named, refOfId } from '../database.ts';

interface About {
  /** Id of the entity. */
  entity: string;
  kind: string;
  source: string;
  stream: string;
  part: string;
}

interface Said {
  externalId: string;
  file: string;
  line: number;
  hash: string;
}

export interface PartDocument extends Named, About, Said {
  /** Its place in what a run has seen. */
  number: number;
  /** JSON text. */
  content: string;
  print?: Binary | null;
  /** So many runs have missed it. */
  missed: number;
}

export interface StageDocument extends About, Said {
  /** In the order of staging. */
  _id: number;
  run: string;
  /** JSON text; null: the part goes. */
  content: string | null;
  print?: Binary | null;
}

export function partId({ entity, source, stream, part }: PartRemoval): string {
  return idOf(entity.kind, entity.id, source, stream, part);
}

export function entityRefOf({ entity }: About): EntityRef {
  return refOfId(entity);
}

export function aboutOf({ entity, source, stream, part }: PartRemoval): About {
  return { entity: idOf(entity.kind, entity.id), kind: entity.kind, source, stream, part };
}

export function saidOf({ externalId, file, line, hash, content, print }: Part) {
  const printed = print === undefined ? null : new Binary(print);
  return { externalId, file, line, hash, content: JSON.stringify(content), print: printed };
}

export const NOTHING_SAID = {
  externalId: '',
  file: '',
  line: 0,
  hash: '',
  content: null,
  print: null,
};

function removalOf(document: About): PartRemoval {
  const { source, stream, part } = document;
  return { entity: entityRefOf(document), source, stream, part };
}

export function unseenOf(document: PartDocument): UnseenPart {
  const { externalId, missed: missedRuns } = document;
  return { ...removalOf(document), externalId, missedRuns };
}

export function partOf(document: PartDocument): Part {
  const { externalId, file, line, hash, content } = document;
  return { ...removalOf(document), externalId, file, line, hash, content: JSON.parse(content) };
}

export function stagedOf(document: StageDocument): StagedPart {
  const { externalId, file, line, hash, content } = document;
  if (content === null) return { ...removalOf(document), content };
  return { ...removalOf(document), externalId, file, line, hash, content: JSON.parse(content) };
}
