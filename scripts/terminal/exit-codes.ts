/** Stable exit codes of every command; docs/operating.md lists them. */
export const EXIT = {
  /** Done as asked. */
  done: 0,
  /** It ran, and something failed: a lint, a message, a run; or a file was left unread. */
  failed: 1,
  /** The command was given wrongly, names what is not there, or the workspace's files are faulty. */
  usage: 2,
  /** A plan or a target waits for a person. */
  held: 3,
  /** Stopped by a signal. */
  interrupted: 130,
} as const;
