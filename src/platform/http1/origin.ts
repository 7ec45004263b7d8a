/** A server's address, and how a socket to it is opened. */
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { GatewayError } from '../../core/errors.ts';

/** Routers on the way forget a silent connection after some minutes; a model may think longer. */
const PROBE_AFTER_MS = 60_000;
/**
 * How long a connection idles if the server does not say. Public APIs stand behind front doors that keep it for a
 * minute or more, and TLS is dear to begin; plain servers of the house (uvicorn, Node) close after 5 s, and a request
 * written at that moment would be lost.
 */
const IDLE_MS = { 'https:': 30_000, 'http:': 4_000 };

export interface Origin {
  secure: boolean;
  hostname: string;
  port: number;
  /** As the `host` header has it. */
  host: string;
  idleMs: number;
  /** The latest TLS session, so that the next connection needs no full handshake. */
  session: Buffer | undefined;
}

/** Throws `unreachable` for what is no `http(s)://host[:port]`. */
export function toOrigin(text: string): Origin {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new GatewayError('unreachable', 'The provider has no http or https address');
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    host: url.host,
    idleMs: IDLE_MS[url.protocol],
    session: undefined,
  };
}

/** `ready` when bytes may be written: connected, and for https the certificate verified. */
export function openSocket(origin: Origin, onread: OnReadOpts, ready: () => void): Socket {
  const options = {
    host: origin.hostname,
    port: origin.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    onread,
  };
  if (!origin.secure) return connect(options, ready);
  const socket = connectTls(
    {
      ...options,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(origin.hostname) === 0 && { servername: origin.hostname }),
      ...(origin.session && { session: origin.session }),
    },
    ready,
  );
  socket.on('session', (session) => (origin.session = session));
  socket.on('error', () => (origin.session = undefined));
  return socket;
}
