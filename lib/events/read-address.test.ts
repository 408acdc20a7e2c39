import { expect, it } from "vitest";
import { readAddress } from "#lib/events/read-address";

it.each([
  ["10.0.0.9:4711", "10.0.0.9"],
  ["10.0.0.9", "10.0.0.9"],
  ["[fd00::1]:4711", "fd00::1"],
  ["[fd00::1]", "fd00::1"],
  ["fd00::1", "fd00::1"],
  ["fd00::4711", "fd00::4711"],
  ["::1", "::1"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["10.0.0.9, 10.0.0.1", "10.0.0.9"],
  ["node-1.example:80", "node-1.example"],
  ["<script>", null],
  ["", null],
  [null, null],
  [`${"1".repeat(200)}`, null],
])("%s is %s", (text, address) => {
  expect(readAddress(text)).toBe(address);
});
