import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

const deadlineMs = 8_000;
const maxAnswerBytes = 1024 * 1024;
const lookMs = 250;

/**
 * Connections to the identity provider that last for one request and not long. openid-client itself waits without
 * end for a body that has begun, and takes one of any length.
 */
export function createOidcAgent(issuer: string): HttpAgent {
  const agent = issuer.startsWith("https:") ? new HttpsAgent() : new HttpAgent();
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const connection = open(options, callback);
    if (connection) bound(connection);
    return connection;
  };
  // openid-client stops listening when its own time is up: an error after that is nobody's, and must not end the process.
  const asked = agent as HttpAgent & { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const add = asked.addRequest.bind(agent);
  asked.addRequest = (request, ...rest) => {
    request.on("error", () => undefined);
    add(request, ...rest);
  };
  return agent;
}

function bound(connection: Duplex): void {
  const end = Date.now() + deadlineMs;
  const timer = setInterval(() => {
    const isLong = connection instanceof Socket && connection.bytesRead > maxAnswerBytes;
    if (isLong || Date.now() > end)
      connection.destroy(new Error("The identity provider's answer is too slow or too long."));
  }, lookMs);
  timer.unref();
  // Whoever asked may have given up before: an error that nobody waits for must not end the process.
  connection.on("error", () => undefined);
  connection.once("close", () => clearInterval(timer));
}
