import { spawn } from "node:child_process";

/** Runs wrk with a script that prints one line of JSON at its end, and returns what stands in it. */
export async function runWrk(options: {
  url: string;
  script: string;
  connections: number;
  seconds: number;
  timeoutSeconds: number;
}): Promise<unknown> {
  const { url, script, connections, seconds, timeoutSeconds } = options;
  const call = ["-t", "1", "-c", String(connections), "-d", String(seconds), "-s", script];
  const child = spawn("wrk", [...call, "--timeout", String(timeoutSeconds), url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (piece: Buffer) => {
    output += piece.toString("utf8");
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`wrk ended without a result: ${output.slice(0, 500)}`);
  return JSON.parse(line);
}
