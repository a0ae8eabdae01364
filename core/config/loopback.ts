const LOOPBACK = /^(127(\.\d+){3}|\[?::1\]?|localhost)$/;

/** Whether a host is this machine: nothing that is sent there leaves it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Whether what goes to an address can be read by nobody else: by https, or on this machine. */
export function isEncrypted(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.protocol === 'https:' || isLoopback(url.hostname));
}
