/** Work that is done when somebody asks for it, never twice at once. */
export interface Collapsed {
  /** However often it is asked for while it is under way, it is done exactly once more. */
  ask(): void;
  /** Resolves once nothing is under way. */
  idle(): Promise<void>;
}

/** `onThrown` hears what the work has thrown; what was asked for meanwhile is then forgotten. */
export function singleFlight(
  work: () => Promise<void>,
  onThrown: (error: unknown) => void,
): Collapsed {
  let isAsked = false;
  let underWay: Promise<void> | null = null;
  const workOff = async () => {
    try {
      while (isAsked) {
        isAsked = false;
        await work();
      }
    } catch (error) {
      onThrown(error);
    }
    underWay = null;
  };
  return {
    ask: () => {
      isAsked = true;
      underWay ??= workOff();
    },
    idle: async () => {
      await underWay;
    },
  };
}
