/**
 * Files of a measurement.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls `use` with a function that writes a file and returns its path; the files are gone afterwards. */
export function withScratch(use: (file: (name: string, content: string) => string) => void): void {
  const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
  try {
    use((name, content) => {
      const path = join(scratch, name);
      writeFileSync(path, content);
      return path;
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
