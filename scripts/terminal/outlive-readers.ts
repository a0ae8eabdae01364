/**
 * Whoever reads may stop (`skolnav plan | head`): what is under way is finished, and what would be
 * said after that is not.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
