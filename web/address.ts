/** Where somebody is, in the address behind `#`: it can be kept, sent and gone back from. The server never sees it. */
import { useEffect, useState } from 'preact/hooks';

export interface Address {
  view: string;
  /** What is opened in it. */
  item: string | undefined;
  query: Readonly<Record<string, string>>;
}

export function addressOf(hash: string): Address {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', item] = path.split('/');
  return {
    view: view || 'line',
    item: item ? decodeURIComponent(item) : undefined,
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

export function hashOf({ view, item, query = {} }: Partial<Address> & Pick<Address, 'view'>): string {
  const said = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(said).toString();
  return `#/${view}${item === undefined ? '' : `/${encodeURIComponent(item)}`}${search === '' ? '' : `?${search}`}`;
}

export function useAddress(): Address {
  const [address, setAddress] = useState(() => addressOf(location.hash));
  useEffect(() => {
    const onChange = () => setAddress(addressOf(location.hash));
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return address;
}

/** Changes what is asked for, not where one is: no step to go back to for every letter. */
export function setQuery(address: Address, query: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', hashOf({ ...address, query }));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
