import { Failure, readXmlRecords } from '../../core/plugin.ts';
import { idOf } from './ims-element.ts';
import { type GroupNature, natureOf, readGroup } from './ims-group.ts';

/** What must be known of a file before its memberships are read. */
export interface LookAhead {
  /** What a membership means hangs on its group, wherever in the file that stands. */
  readonly groups: ReadonlyMap<string, GroupNature>;
  /** How many memberships speak of each group that has more than one. */
  readonly pieces: ReadonlyMap<string, number>;
}

const LOOKED_AT = new Set(['group', 'membership']);

/**
 * Reads a batch's XML file for what it says of its groups. Of a damaged one, what stands before the
 * damage: reading it fails there again, after the persons who can be read.
 */
export async function lookAhead(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): Promise<LookAhead> {
  const groups = new Map<string, GroupNature>();
  const counts = new Map<string, number>();
  const format = { file, root: 'enterprise', records: LOOKED_AT };
  try {
    for await (const elements of readXmlRecords(bytes, format)) {
      for (const element of elements) {
        const id = idOf(element);
        if (element.name === 'membership') counts.set(id, (counts.get(id) ?? 0) + 1);
        const nature = element.name === 'group' ? natureOf(readGroup(element, file)) : null;
        if (nature !== null) groups.set(id, nature);
      }
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
  }
  return { groups, pieces: new Map([...counts].filter(([, count]) => count > 1)) };
}
