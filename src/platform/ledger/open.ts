import type { LedgerDatabase } from './database.ts';
import { sqliteDatabase } from './sqlite.ts';

export interface DatabasePlace {
  /** `DATABASE_URL`; other databases than PostgreSQL are somebody else's. */
  url?: string | undefined;
  /** The SQLite file where there is no such address. */
  path: string;
}

/** Node's. Nothing is opened yet: the stores' `ready` does that, and may fail for as long as the server runs. */
export async function openDatabase(
  { url, path }: DatabasePlace,
  onError: (cause: Error) => void,
): Promise<LedgerDatabase> {
  if (url === undefined || !/^postgres(ql)?:/.test(url)) return sqliteDatabase(path);
  const { postgresDatabase } = await import('./postgres.ts');
  return postgresDatabase(url, onError);
}
