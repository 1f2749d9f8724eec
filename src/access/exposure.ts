import { BlockList } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether only this machine can reach an address that a server listens on. A name counts as reachable, but `localhost`. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const family = host.includes(":") ? "ipv6" : "ipv4";
  try {
    return LOOPBACK.check(host, family);
  } catch {
    return false;
  }
}
