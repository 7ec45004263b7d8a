/** The admin token: in this tab only, gone with it, never in an address. */
import { useEffect, useState } from 'preact/hooks';

const PLACE = 'signalbox-admin-token';

export interface Session {
  token: string | undefined;
  /** Why it ended, for people. */
  ended?: string | undefined;
}

let session: Session = { token: sessionStorage.getItem(PLACE) ?? undefined };
const listeners = new Set<(session: Session) => void>();

export function currentToken(): string | undefined {
  return session.token;
}

export function begin(token: string): void {
  sessionStorage.setItem(PLACE, token);
  tell({ token });
}

export function end(ended?: string): void {
  sessionStorage.removeItem(PLACE);
  tell({ token: undefined, ended });
}

export function useSession(): Session {
  const [current, setCurrent] = useState(session);
  useEffect(() => {
    listeners.add(setCurrent);
    setCurrent(session);
    return () => void listeners.delete(setCurrent);
  }, []);
  return current;
}

function tell(next: Session): void {
  session = next;
  for (const listener of listeners) listener(next);
}
