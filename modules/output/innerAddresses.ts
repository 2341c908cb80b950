import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses that lead nowhere public though they look like those that do: for tests of networks, of sites, that are translated to IPv4 within
 * a network, that are thrown away, or that say how to route. */
const INNER = new BlockList();
INNER.addSubnet('198.18.0.0', 15, 'ipv4');
for (const [net, prefix] of [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['5f00::', 16],
  ['fec0::', 10],
] as const)
  INNER.addSubnet(net, prefix, 'ipv6');

const isInner = (address: string): boolean => INNER.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** In the words of `request-filtering-agent`, which refuses all others. */
const refusal = (address: string, host: string) => new Error(`DNS lookup ${address}(host:${host}) is not allowed.`);

/** @param hostname - of a URL.
 * @throws Error where it is such an address. */
export function refuseInnerAddress(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) && isInner(address)) throw refusal(address, hostname);
}

type Tell = (error: Error | null, found?: string | LookupAddress[], family?: number) => void;

/** `dns.lookup` for connections, which fails where one of the addresses found is such a one. */
export function lookupOuter(hostname: string, options: LookupOptions, tell: Tell): void {
  dns.lookup(hostname, options, (error, found: string | LookupAddress[], family) => {
    if (error) return tell(error);
    const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
    const inner = addresses.find(isInner);
    if (inner) return tell(refusal(inner, hostname));
    tell(null, found, family);
  });
}
