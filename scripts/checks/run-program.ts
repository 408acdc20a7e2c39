import { spawn } from "node:child_process";
import { join } from "node:path";

export interface ProgramResult {
  code: number;
  /** Standard output and error as they came. */
  output: string;
  seconds: number;
}

/** Runs a program of node_modules/.bin to its end, quietly. It ends with us. */
export async function runProgram(
  root: string,
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProgramResult> {
  const startedAt = performance.now();
  const child = spawn(join(root, "node_modules", ".bin", name), args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(127);
    });
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
  process.off("exit", end);
  return { code, output, seconds: (performance.now() - startedAt) / 1000 };
}
