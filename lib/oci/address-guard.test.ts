import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  AddressGuard,
  judgeAddress,
  parseHttpUrl,
  parseNetworks,
  type ResolvedAddress,
} from "#lib/oci/address-guard";
import { isRegistryError } from "#lib/oci/errors";

const everything = parseNetworks(["0.0.0.0/0", "::/0"]);

const needPermission = [
  "127.0.0.1",
  "127.255.255.254",
  "::1",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "100.64.0.1",
  "100.127.255.255",
  "fc00::1",
  "fd12:3456::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:10.0.0.1",
  "64:ff9b::127.0.0.1",
  "64:ff9b::c0a8:101",
];

const never = [
  "0.0.0.0",
  "0.1.2.3",
  "169.254.169.254",
  "169.254.0.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "192.0.0.192",
  "100.100.100.200",
  "168.63.129.16",
  "::",
  "fe80::1",
  "febf::1",
  "fe80::1%eth0",
  "ff02::1",
  "fd00:ec2::254",
  "::ffff:169.254.169.254",
  "::ffff:0.0.0.0",
  "64:ff9b::169.254.169.254",
  "64:ff9b:1::a00:1",
  "2002:7f00:1::",
  "2001:0:4136:e378:8000:63bf:3fff:fdd2",
  "::127.0.0.1",
  "::2",
  "not an address",
  "127.1",
];

describe("judgeAddress", () => {
  it.each(needPermission)("O1: %s needs an administrator's permission", (address) => {
    expect(judgeAddress(address, [])).toBe("needs-permission");
    expect(judgeAddress(address, everything)).toBe("allowed");
  });

  it.each(never)("O1: %s is never asked", (address) => {
    expect(judgeAddress(address, everything)).toBe("never");
  });

  it.each(["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])(
    "allows %s",
    (address) => {
      expect(judgeAddress(address, [])).toBe("allowed");
    },
  );

  it("O1: a permission covers its own network only", () => {
    const networks = parseNetworks(["10.1.0.0/16", "127.0.0.1"]);
    expect(judgeAddress("10.1.2.3", networks)).toBe("allowed");
    expect(judgeAddress("::ffff:10.1.2.3", networks)).toBe("allowed");
    expect(judgeAddress("10.2.0.1", networks)).toBe("needs-permission");
    expect(judgeAddress("127.0.0.1", networks)).toBe("allowed");
    expect(judgeAddress("127.0.0.2", networks)).toBe("needs-permission");
    expect(judgeAddress("::1", networks)).toBe("needs-permission");
    expect(() => parseNetworks(["10.0.0.0/33"])).toThrow(/no network/);
    expect(() => parseNetworks(["example.com"])).toThrow(/no network/);
  });

  it("O1: agrees with plain arithmetic on every IPv4 address", () => {
    const prefixes: [string, number, string][] = [
      ["0.0.0.0", 8, "never"],
      ["10.0.0.0", 8, "needs-permission"],
      ["100.64.0.0", 10, "needs-permission"],
      ["127.0.0.0", 8, "needs-permission"],
      ["169.254.0.0", 16, "never"],
      ["172.16.0.0", 12, "needs-permission"],
      ["192.168.0.0", 16, "needs-permission"],
      ["224.0.0.0", 4, "never"],
      ["240.0.0.0", 4, "never"],
    ];
    const toNumber = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        if (address === "100.100.100.200") return;
        const hit = prefixes.find(
          ([net, bits]) =>
            Math.floor(toNumber(address) / 2 ** (32 - bits)) === Math.floor(toNumber(net) / 2 ** (32 - bits)),
        );
        if (hit !== undefined) expect(judgeAddress(address, [])).toBe(hit[2]);
        expect(judgeAddress(`::ffff:${address}`, [])).toBe(judgeAddress(address, []));
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 2_000 },
    );
  });
});

describe("parseHttpUrl", () => {
  it.each([
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.000.000.001/",
    "http://①②⑦.⓪.⓪.①/",
    "http://134744072/",
    "http://user@example.com/",
    "http://user:pw@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com./",
    "http://localhost./",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "http://",
    "http://exa mple.com/",
    "http://example.com/\r\nX: y",
    "\thttp://example.com/",
    "http://[::1/",
    "http://example.com:99999/",
    "example.com",
    `http://${"a".repeat(5_000)}/`,
  ])("O1: refuses %.60j", (text) => {
    expect(() => parseHttpUrl(text)).toThrow(/refused/);
  });

  it("O1: does not repeat credentials in its sentence", () => {
    try {
      parseHttpUrl("http://alice:s3cret@example.com/");
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain("s3cret");
    }
  });

  it("takes plain addresses", () => {
    expect(parseHttpUrl("https://registry.example.com:5000").origin).toBe(
      "https://registry.example.com:5000",
    );
    expect(parseHttpUrl("http://127.0.0.1:5000/").hostname).toBe("127.0.0.1");
    expect(parseHttpUrl("http://[::1]:5000/").hostname).toBe("[::1]");
    expect(parseHttpUrl("https://bücher.example/").hostname).toBe("xn--bcher-kva.example");
    expect(parseHttpUrl("/next?x=1", "https://a.example/v2/").href).toBe("https://a.example/next?x=1");
  });
});

describe("AddressGuard", () => {
  const guardWith = (addresses: string[], allowedNetworks: string[] = []) => {
    const resolver = async (): Promise<ResolvedAddress[]> =>
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    return new AddressGuard({ allowedNetworks, resolver });
  };

  it("O2: one private address among several refuses the name", async () => {
    await expect(guardWith(["8.8.8.8", "10.0.0.1"]).resolve("mixed.example")).rejects.toThrow(
      /private network/,
    );
    await expect(
      guardWith(["8.8.8.8", "169.254.169.254"], ["0.0.0.0/0"]).resolve("m.example"),
    ).rejects.toThrow(/never asked/);
    await expect(guardWith(["8.8.8.8", "2606:4700::1111"]).resolve("good.example")).resolves.toHaveLength(2);
    await expect(guardWith(["garbage"]).resolve("bad.example")).rejects.toThrow(/refused/);
  });

  it("says so when there is no address", async () => {
    const failure = await guardWith([])
      .resolve("none.example")
      .catch((error: unknown) => error);
    expect(isRegistryError(failure, "name-not-resolved")).toBe(true);
  });
});
