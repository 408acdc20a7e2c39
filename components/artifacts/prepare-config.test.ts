import { expect, it } from "vitest";
import { prepareConfig } from "@/components/artifacts/prepare-config";

const bare = {
  entrypoint: [],
  cmd: [],
  env: [],
  user: null,
  ports: [],
  volumes: [],
  labels: {},
  workingDir: null,
  stopSignal: null,
  author: null,
  created: null,
};

it("shows arguments so that spaces inside them are seen", () => {
  const { settings } = prepareConfig({
    ...bare,
    entrypoint: ["sh", "-c", 'echo "a b"'],
    ports: ["80/tcp", "443/tcp"],
  });
  expect(settings.find((setting) => setting.label === "Entrypoint")?.value).toBe(
    '["sh", "-c", "echo \\"a b\\""]',
  );
  expect(settings.find((setting) => setting.label === "Ports")?.value).toBe("80/tcp, 443/tcp");
});

it("says what an absent value means", () => {
  const { settings } = prepareConfig(bare);
  expect(settings.every((setting) => setting.value === null && setting.absent !== "")).toBe(true);
});

it("splits variables at the first equals sign and sorts labels", () => {
  const { env, labels } = prepareConfig({
    ...bare,
    env: ["A=b=c", "BARE", "=x"],
    labels: { z: "1", a: "2" },
  });
  expect(env).toEqual([
    ["A", "b=c"],
    ["BARE", ""],
    ["", "x"],
  ]);
  expect(labels.map(([name]) => name)).toEqual(["a", "z"]);
});
